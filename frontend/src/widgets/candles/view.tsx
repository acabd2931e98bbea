import { computed, useSignal, useSignalEffect } from "@preact/signals";
import { useCallback, useEffect, useMemo, useRef } from "preact/hooks";
import { formatInteger } from "../../base/format.ts";
import {
  chartLabel,
  EPOCHS_UNKNOWN,
  loggedAs,
  polarityName,
  STRINGS,
  seriesTitle,
  volumeTitle,
} from "../../base/strings.ts";
import type { Painted } from "../../chart/candleChart.ts";
import { MOST_SIDE_BY_SIDE, type Mode } from "../../chart/strands.ts";
import { useDismiss } from "../dismiss.ts";
import { WidgetHead } from "../head.tsx";
import { checkedSeries, type KnownSeries, MOST_RUNS_DRAWN, steady } from "../series.ts";
import { TagPicker } from "../tagPicker.tsx";
import type { WidgetProps } from "../widget.ts";
import { Help } from "./help.tsx";
import { Chips } from "./indicators/chips.tsx";
import { MarkCard } from "./indicators/markCard.tsx";
import { ExtrasModel } from "./indicators/model.ts";
import { ExtrasBar } from "./indicators/picker.tsx";
import { Legend, notesOf } from "./legend.tsx";
import { type CandleInputs, CandleModel } from "./model.ts";
import { offerOf } from "./offer.ts";
import { Readout, spoken } from "./readout.tsx";
import { type CandleSettings, hasPlace } from "./settings.ts";
import { Sized } from "./sized.tsx";
import { StepsPerEpoch, Toolbar } from "./toolbar.tsx";

const ZOOM_PER_KEY = 1.5;

// The chart library's logo stands at the foot of the last pane.
const LOGO_AND_TITLE_PX = 72;
const RIGHT_OF_LOGO_PX = 50;
const LEFT_PX = 10;

/** What to draw: the run in focus even where it has no place on the axis, so that it can be said why. */
function inputsOf({ workspace, settings }: WidgetProps<CandleSettings>): CandleInputs {
  const { client, version, theme, runs: allRuns } = workspace;
  const checked = steady(() => checkedSeries(workspace, settings.value.tag));
  const isPlaced = (series: KnownSeries) => hasPlace(series, settings.value);
  const series = steady(() =>
    checked.value.filter((one, i) => i === 0 || isPlaced(one)).slice(0, mostRuns(settings.value.mode)),
  );
  const unplaced = computed(() => checked.value.filter((one) => !isPlaced(one)).length);
  const extras = new ExtrasModel({ workspace, settings, series });
  return { client, series, unplaced, version, settings, theme, allRuns, extras, place: workspace.place };
}

const mostRuns = (mode: Mode): number => (mode === "side" ? MOST_SIDE_BY_SIDE : MOST_RUNS_DRAWN);

/** Candles of the run in focus, with the closes of other runs, read-out, toolbar and volume. */
export function CandleWidget(props: WidgetProps<CandleSettings>) {
  // The workspace is made of signals, and lives as long as the tab.
  const inputs = useMemo(() => inputsOf(props), []);
  const model = useMemo(() => new CandleModel(inputs), []);
  const { frame, focus, placeless } = model;
  useSignalEffect(() => {
    const tag = props.settings.value.tag ?? props.workspace.choice.value.tag ?? "";
    props.frame.title.value = tag;
    props.frame.offer.value = model.isDrawn.value ? offerOf(model, tag) : null;
  });
  return (
    <section class="widget candles">
      <WidgetHead frame={props.frame} title={<Title {...props} focus={inputs.series.value[0]} />}>
        <Toolbar
          settings={inputs.settings}
          shown={focus.value?.width ?? null}
          asksStepsPerEpoch={placeless.value === null && asksStepsPerEpoch(inputs)}
          fit={() => model.fit()}
        />
        <ExtrasBar extras={inputs.extras} />
        <HelpButton />
      </WidgetHead>
      <Readout reading={model.reading.value} />
      <div class="chart-holder">
        <ChartArea model={model} inputs={inputs} />
        <ChartNotes model={model} extras={inputs.extras} />
      </div>
      <Legend
        series={inputs.series.value[0]}
        focus={focus.value}
        others={focus.value === null ? 0 : (frame.value?.candles.length ?? 1) - 1}
        cut={focus.value !== null && inputs.settings.value.fit === "bodies"}
        notes={notesOf(model, inputs)}
      />
    </section>
  );
}

function asksStepsPerEpoch({ settings, unplaced }: CandleInputs): boolean {
  return settings.value.axis === "epochs" && (settings.value.stepsPerEpoch !== null || unplaced.value > 0);
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
    <div class="help-holder" ref={inside}>
      <button
        type="button"
        class="link"
        data-testid="help"
        aria-label={STRINGS.whatIsACandle}
        aria-expanded={open.value}
        onClick={toggle}
      >
        <Sized words={{ long: STRINGS.whatIsACandle, short: "?" }} />
      </button>
      {open.value && <Help close={close} />}
    </div>
  );
}

interface TitleProps extends WidgetProps<CandleSettings> {
  readonly focus: KnownSeries | undefined;
}

function Title({ workspace, settings, focus }: TitleProps) {
  const { tag } = settings.value;
  const pick = (picked: string | null) => {
    settings.value = { ...settings.value, tag: picked };
  };
  return (
    <div class="title">
      {focus && <span class="swatch" style={{ background: focus.colour }} />}
      <h1 title={focus && seriesTitle(focus.run, focus.tag)}>
        <TagPicker workspace={workspace} tag={tag} pick={pick} />{" "}
        {focus && <bdi class="run-name">{focus.run}</bdi>}
      </h1>
      {focus && <Pills {...focus} />}
    </div>
  );
}

/** What is known of a series besides its name. */
const Pills = ({ polarity, unit, resolution }: KnownSeries) => (
  <>
    <span class="pill" data-testid="polarity">
      <Sized words={polarityName(polarity)} />
    </span>
    {unit !== null && (
      <bdi class="pill" data-testid="unit" title={STRINGS.unitHint}>
        {unit}
      </bdi>
    )}
    {resolution !== null && (
      <span class="pill" data-testid="resolution" title={STRINGS.resolutionHint}>
        <Sized words={loggedAs(formatInteger(resolution))} />
      </span>
    )}
  </>
);

/** What stands over the chart; outside of it, so that keys typed there do not move the crosshair. */
function ChartNotes({ model, extras }: { model: CandleModel; extras: ExtrasModel }) {
  const painted = model.focus.value && model.painted.value;
  const reading = model.reading.value;
  return (
    <>
      <Chips extras={extras} painted={painted} reading={reading} />
      <MarkCard extras={extras} plotPx={painted?.plotPx ?? 0} />
    </>
  );
}

function ChartArea({ model, inputs }: { model: CandleModel; inputs: CandleInputs }) {
  const host = useRef<HTMLDivElement>(null);
  const announced = useSignal("");
  useEffect(() => (host.current ? model.attach(host.current) : undefined), [model]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!handleKey(model, event)) return;
    event.preventDefault();
    const reading = model.reading.value;
    announced.value = [spoken(reading), inputs.extras.spoken(reading)].filter(Boolean).join(". ");
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
      {...paintedData(model.focus.value && model.painted.value)}
      onKeyDown={onKeyDown}
      onBlur={() => model.leave()}
    >
      <div class="canvas" ref={host} />
      <PaneTitle model={model} />
      <ChartError model={model} settings={inputs.settings} />
      <div class="unseen" aria-live="polite">
        {announced.value}
      </div>
    </div>
  );
}

function ChartError({ model, settings }: { model: CandleModel; settings: CandleInputs["settings"] }) {
  const [run, refusal] = [model.placeless.value, model.refusal.value];
  if (run === null && refusal === null) return null;
  return (
    <div class="chart-error" role="alert" data-testid="chart-error">
      <h2>{STRINGS.chartErrorTitle}</h2>
      {run === null ? (
        <p>
          <bdi>{refusal}</bdi>
        </p>
      ) : (
        <>
          <p>
            {EPOCHS_UNKNOWN.before}
            <bdi>{run}</bdi>
            {EPOCHS_UNKNOWN.after}
          </p>
          <p>{EPOCHS_UNKNOWN.remedy}</p>
          <StepsPerEpoch settings={settings} />
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
  if (!focus || !panes || model.hasPanePerRun.value) return null;
  const hasLogo = panes.length === 2;
  const left = hasLogo && (panes[1] ?? 0) < LOGO_AND_TITLE_PX ? RIGHT_OF_LOGO_PX : LEFT_PX;
  const style = { top: `${(panes[0] ?? 0) + 5}px`, left: `${left}px` };
  return (
    <div class="pane-title" data-testid="volume-title" style={style}>
      {volumeTitle(focus.volume)}
    </div>
  );
}
