import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { chartLabel, EPOCHS_UNKNOWN, STRINGS, volumeTitle } from "../../base/strings.ts";
import type { Painted } from "../../chart/candleContent.ts";
import { StillShown } from "../stillShown.tsx";
import { handleKey } from "./keys.ts";
import { Marks, PaneNames } from "./marks.tsx";
import type { CandleInputs, CandleModel } from "./model.ts";
import { spoken } from "./readout.tsx";
import { StepsPerEpoch } from "./toolbar.tsx";

export function ChartArea({ model, inputs }: { model: CandleModel; inputs: CandleInputs }) {
  const announced = useSignal("");
  const onKeyDown = (event: KeyboardEvent) => {
    // What is typed into a field of what covers the chart is no key of the chart's.
    if (event.target !== event.currentTarget || !handleKey(model, event)) return;
    event.preventDefault();
    const reading = model.reading.value;
    announced.value = [spoken(reading), inputs.extras.spoken(reading)].filter(Boolean).join(". ");
  };
  return (
    <div
      class={model.selects.value ? "chart selecting" : "chart"}
      data-testid="chart"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the chart is operated by keys, which needs focus
      tabIndex={0}
      role="application"
      aria-roledescription={STRINGS.chartRole}
      aria-label={chartLabel(model.focus.value?.tag ?? "")}
      aria-busy={model.busy.value}
      {...paintedData(model.focus.value && model.painted.value)}
      onKeyDown={onKeyDown}
      onBlur={() => model.leave()}
    >
      <Stage model={model} />
      <PaneTitle model={model} />
      <PaneNames model={model} />
      <Marks model={model} />
      <StillShown old={model.old.value} />
      <ChartError model={model} inputs={inputs} />
      <div class="unseen" aria-live="polite">
        {announced.value}
      </div>
    </div>
  );
}

function ChartError({ model, inputs }: { model: CandleModel; inputs: CandleInputs }) {
  const [run, refusal] = [model.placeless.value, model.refusal.value];
  const why = inputs.series.value.length === 0 ? STRINGS.noRunHasTag : refusal;
  if (run === null && why === null) return null;
  return (
    <div class="chart-error" role="alert" data-testid="chart-error">
      <h2>{STRINGS.chartErrorTitle}</h2>
      {run === null ? (
        <p>
          <bdi>{why}</bdi>
        </p>
      ) : (
        <>
          <p>
            {EPOCHS_UNKNOWN.before}
            <bdi>{run}</bdi>
            {EPOCHS_UNKNOWN.after}
          </p>
          <p>{EPOCHS_UNKNOWN.remedy}</p>
          <StepsPerEpoch settings={inputs.settings} />
        </>
      )}
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

function PaneTitle({ model }: { model: CandleModel }) {
  const focus = model.focus.value;
  const panes = model.painted.value?.panes;
  if (!focus || !panes || model.hasPanePerRun.value) return null;
  const style = { top: `${(panes[0] ?? 0) + 5}px` };
  return (
    <div class="pane-title" data-testid="volume-title" style={style}>
      {volumeTitle(focus.volume)}
    </div>
  );
}

/** Where the chart is drawn. Panes that don't fit are scrolled to: the chart stays, and shows other runs. */
function Stage({ model }: { readonly model: CandleModel }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => (host.current ? model.attach(host.current) : undefined), [model]);
  const beyond = model.panesBeyond.value;
  const share = `${(100 * beyond) / model.mostPanes.value}%`;
  const scrolled = ({ currentTarget }: { readonly currentTarget: HTMLDivElement }) => {
    const { scrollTop, scrollHeight, clientHeight } = currentTarget;
    const most = scrollHeight - clientHeight;
    model.firstPane.value = most > 0 ? Math.round((scrollTop / most) * beyond) : 0;
  };
  return (
    <div class={beyond > 0 ? "stage scrolls" : "stage"} data-testid="stage" onScroll={scrolled}>
      <div class="canvas" ref={host} />
      {beyond > 0 && <div style={{ height: share }} />}
    </div>
  );
}
