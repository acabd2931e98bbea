import { useSignal } from "@preact/signals";
import { useCallback, useEffect, useMemo, useRef } from "preact/hooks";
import type { Candles } from "../../api/types.ts";
import { formatInteger, formatWidth } from "../../base/format.ts";
import {
  chartLabel,
  clippedAtZero,
  legend,
  polarityName,
  STRINGS,
  seriesTitle,
  tooNarrow,
  volumeTitle,
} from "../../base/strings.ts";
import type { Painted } from "../../chart/candleChart.ts";
import { MAX_VISIBLE_CANDLES } from "../../data/level.ts";
import { useDismiss } from "../dismiss.ts";
import { Help } from "./help.tsx";
import { type CandleInputs, CandleModel } from "./model.ts";
import { Readout, spoken } from "./readout.tsx";
import { Toolbar } from "./toolbar.tsx";

const ZOOM_PER_KEY = 1.5;

/** Candles of the run in focus, with the closes of other runs, read-out, toolbar and volume. */
export function CandleWidget(inputs: CandleInputs) {
  // The inputs are signals, and live as long as the tab.
  const model = useMemo(() => new CandleModel(inputs), []);
  const frame = model.frame.value;
  return (
    <section class="widget candles">
      <header class="widget-head">
        <Title model={model} inputs={inputs} />
        <Toolbar settings={inputs.settings} shown={frame?.plan.width ?? null} fit={() => model.fit()} />
        <HelpButton />
      </header>
      <Readout reading={model.reading.value} />
      <ChartArea model={model} />
      <Legend focus={model.focus.value} others={(frame?.candles.length ?? 1) - 1} />
    </section>
  );
}

function HelpButton() {
  const open = useSignal(false);
  const close = useCallback(() => {
    open.value = false;
  }, [open]);
  const inside = useDismiss<HTMLDivElement>(open.value, close);
  const toggle = () => {
    open.value = !open.value;
  };
  return (
    <div ref={inside}>
      <button type="button" class="link" data-testid="help" aria-expanded={open.value} onClick={toggle}>
        {STRINGS.whatIsACandle}
      </button>
      {open.value && <Help close={close} />}
    </div>
  );
}

function Title({ model, inputs }: { model: CandleModel; inputs: CandleInputs }) {
  const focus = model.focus.value;
  const [first] = inputs.series.value;
  if (!first) return <div class="title" />;
  return (
    <div class="title">
      <span class="swatch" style={{ background: first.colour }} />
      <h1 title={seriesTitle(first.run, first.tag)}>
        <bdi class="tag-name">{first.tag}</bdi> <bdi class="run-name">{first.run}</bdi>
      </h1>
      {focus && (
        <span class="pill" data-testid="polarity">
          {polarityName(focus.polarity)}
        </span>
      )}
    </div>
  );
}

function ChartArea({ model }: { model: CandleModel }) {
  const host = useRef<HTMLDivElement>(null);
  const announced = useSignal("");
  useEffect(() => (host.current ? model.attach(host.current) : undefined), [model]);
  const { frame, painted } = model;
  const onKeyDown = (event: KeyboardEvent) => {
    if (!handleKey(model, event)) return;
    event.preventDefault();
    announced.value = spoken(model.reading.value);
  };
  return (
    <div
      class="chart"
      data-testid="chart"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the chart is operated by keys, which needs focus
      tabIndex={0}
      role="application"
      aria-roledescription={STRINGS.chartRole}
      aria-label={chartLabel(model.focus.value?.tag ?? "")}
      aria-busy={model.busy.value}
      {...paintedData(frame.value === null ? null : painted.value)}
      onKeyDown={onKeyDown}
      onBlur={() => model.leave()}
    >
      <div class="canvas" ref={host} />
      <PaneTitle model={model} />
      <ChartNotes model={model} />
      {model.refusal.value !== null && (
        <div class="chart-error" role="alert" data-testid="chart-error">
          <h2>{STRINGS.chartErrorTitle}</h2>
          <p>
            <bdi>{model.refusal.value}</bdi>
          </p>
        </div>
      )}
      <div class="unseen" aria-live="polite">
        {announced.value}
      </div>
    </div>
  );
}

/** What is on screen, for scripts and tests: all of it from one and the same paint. */
function paintedData(painted: Painted | null) {
  const x = painted?.focus.columns.x;
  return {
    "data-candles": x?.length ?? 0,
    "data-width": painted?.focus.width,
    "data-last-x": x?.at(-1),
    "data-from": painted?.view.from,
    "data-to": painted?.view.to,
    "data-plot-px": painted?.plotPx,
  };
}

function handleKey(model: CandleModel, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const far = event.shiftKey ? 10 : 1;
  const actions: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => model.step(-far),
    ArrowRight: () => model.step(far),
    Home: () => model.jump("first"),
    End: () => model.jump("last"),
    "+": () => model.zoom(ZOOM_PER_KEY),
    "=": () => model.zoom(ZOOM_PER_KEY),
    "-": () => model.zoom(1 / ZOOM_PER_KEY),
    _: () => model.zoom(1 / ZOOM_PER_KEY),
    f: () => model.fit(),
    F: () => model.fit(),
    Escape: () => model.leave(),
  };
  const action = actions[event.key];
  action?.();
  return action !== undefined;
}

function PaneTitle({ model }: { model: CandleModel }) {
  const focus = model.focus.value;
  const panes = model.painted.value?.panes;
  if (!focus || !panes) return null;
  return (
    <div class="pane-title" data-testid="volume-title" style={{ top: `${(panes[0] ?? 0) + 5}px` }}>
      {volumeTitle(focus.volume)}
    </div>
  );
}

/** What the picture does not show as asked, and why. */
function ChartNotes({ model }: { model: CandleModel }) {
  const plan = model.frame.value?.plan;
  const notes: string[] = [];
  if (plan?.refusedWidth) {
    const { axis, width, refusedWidth } = plan;
    const most = formatInteger(MAX_VISIBLE_CANDLES);
    const unit = STRINGS.widthUnits[axis];
    notes.push(tooNarrow(String(refusedWidth), unit, most, formatWidth(axis, width)));
  }
  if (model.clipped.value > 0) notes.push(clippedAtZero(formatInteger(model.clipped.value)));
  return (
    <div class="notes" role="status">
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
    </div>
  );
}

function Legend({ focus, others }: { readonly focus: Candles | null; readonly others: number }) {
  if (!focus) return <footer class="legend" />;
  const words = legend(focus.tag.split("/").at(-1) ?? focus.tag, focus.polarity);
  const nonfinite = focus.columns.nonfinite.some((count) => count > 0);
  return (
    <footer class="legend" data-testid="legend">
      <span>
        <i class="key key-worse" /> {words.worse}
      </span>
      <span>
        <i class="key key-better" /> {words.better}
      </span>
      {nonfinite && (
        <span data-testid="nonfinite-key">
          <b class="key-cross">×</b> {STRINGS.nonfinite}
        </span>
      )}
      {others > 0 && (
        <span>
          <i class="key key-line" /> {STRINGS.otherRuns}
        </span>
      )}
    </footer>
  );
}
