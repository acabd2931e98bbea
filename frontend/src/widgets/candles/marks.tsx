import { formatInteger, formatValue } from "../../base/format.ts";
import { withUnit } from "../../base/strings.ts";
import { atSteps, BACK, EXTREME_NAMES, foundAt } from "../../base/words/candleChart.ts";
import type { Painted } from "../../chart/candleContent.ts";
import type { CandleModel } from "./model.ts";
import type { Spot } from "./spot.ts";

const LEAST_BAND_PX = 4;

/** Pixels of the plot for a place on its axis. */
function toPx({ view, plotPx }: Painted): (at: number) => number {
  return (at) => ((at - view.from) / (view.to - view.from)) * plotPx;
}

/** What lies over the plot and lets every gesture through: spot, selection, and others' crosshair. */
export function Marks({ model }: { readonly model: CandleModel }) {
  const painted = model.focus.value && model.painted.value;
  if (!painted) return null;
  return (
    <div class="marks" style={{ width: `${painted.plotPx}px` }} aria-hidden="true">
      <SpotBand model={model} painted={painted} />
      <Ghost model={model} painted={painted} />
      <Selection model={model} />
    </div>
  );
}

interface MarkProps {
  readonly model: CandleModel;
  readonly painted: Painted;
}

function SpotBand({ model, painted }: MarkProps) {
  const [spot, place] = [model.travel.spot.value, model.spotPlace.value];
  if (!spot || !place) return null;
  const px = toPx(painted);
  const [from, to] = [px(place.from), px(place.to)];
  const width = Math.max(LEAST_BAND_PX, to - from);
  const left = (from + to - width) / 2;
  return (
    <div
      key={`${spot.run} ${spot.steps.from}`}
      class={spot.blinks ? "spot blinks" : "spot"}
      data-testid="spot"
      style={{ transform: `translateX(${left}px)`, width: `${width}px` }}
    />
  );
}

function Ghost({ model, painted }: MarkProps) {
  const at = model.ghost.value;
  if (at === null || at < painted.view.from || at > painted.view.to) return null;
  const style = { transform: `translateX(${Math.round(toPx(painted)(at))}px)` };
  return <div class="ghost" data-testid="shared-crosshair" style={style} />;
}

function Selection({ model }: { readonly model: CandleModel }) {
  const px = model.selected.value;
  if (px === null) return null;
  const style = { transform: `translateX(${px.from}px)`, width: `${px.to - px.from}px` };
  return <div class="selection" data-testid="selection" style={style} />;
}

/** What there is where the chart has gone to, and the way back. */
export function SpotNote({ model }: { readonly model: CandleModel }) {
  const { spot, trail } = model.travel;
  if (spot.value === null || trail.value.length === 0 || !model.focus.value) return null;
  return (
    <div class="spot-note" role="status" data-testid="spot-note">
      <button type="button" class="plain" title={BACK.hint} onClick={() => model.travel.back()}>
        ← {BACK.name}
      </button>
      <b title={spot.value.run}>{spotWords(spot.value)}</b>
      <button
        type="button"
        class="icon"
        aria-label={BACK.done}
        title={BACK.done}
        onClick={() => model.travel.forget()}
      >
        ×
      </button>
    </div>
  );
}

function spotWords({ steps, found }: Spot): string {
  const [first, last] = [formatInteger(steps.from), formatInteger(steps.to - 1)];
  if (found)
    return foundAt(first, EXTREME_NAMES[found.extreme], withUnit(formatValue(found.value), found.unit));
  return atSteps(first, last);
}

/** Whose pane it is, where each run has one. */
export function PaneNames({ model }: { readonly model: CandleModel }) {
  const painted = model.focus.value && model.painted.value;
  if (!painted || !model.hasPanePerRun.value) return null;
  let top = 0;
  return (
    <ul class="pane-names" style={{ width: `${painted.plotPx}px` }}>
      {model.runs.value.map(({ candles, colour }, i) => {
        const style = { top: `${top + 3}px` };
        top += (painted.panes[i] ?? 0) + 1;
        return (
          <li key={candles.run} style={style} data-testid="pane-name">
            <span class="swatch" style={{ background: colour }} />
            <bdi>{candles.run}</bdi>
          </li>
        );
      })}
    </ul>
  );
}
