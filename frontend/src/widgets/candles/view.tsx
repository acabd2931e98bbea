import { computed, type Signal, useSignalEffect } from "@preact/signals";
import { useCallback, useMemo } from "preact/hooks";
import { STRINGS } from "../../base/strings.ts";
import { MOST_SIDE_BY_SIDE, type Mode } from "../../chart/strands.ts";
import { useDismiss } from "../dismiss.ts";
import { fetched } from "../fetched.tsx";
import { WidgetHead } from "../head.tsx";
import { checkedSeries, type KnownSeries, MOST_RUNS_DRAWN, steady } from "../series.ts";
import { fadedIf } from "../stillShown.tsx";
import type { WidgetProps } from "../widget.ts";
import { ChartArea } from "./chartArea.tsx";
import { Chips } from "./indicators/chips.tsx";
import { ExtrasBar } from "./indicators/extrasBar.tsx";
import { MarkCard } from "./indicators/markCard.tsx";
import { ExtrasModel } from "./indicators/model.ts";
import { Legend, notesOf } from "./legend.tsx";
import { SpotNote } from "./marks.tsx";
import { type CandleInputs, CandleModel } from "./model.ts";
import { offerOf } from "./offer.ts";
import { Readout } from "./readout.tsx";
import { type CandleSettings, hasPlace } from "./settings.ts";
import { Title } from "./title.tsx";
import { Toolbar } from "./toolbar.tsx";

const Help = fetched(async () => (await import("./help.tsx")).Help);

/** What to draw: the run in focus even where it has no place on the axis, so that it can be said why. */
function inputsOf({ workspace, settings, frame }: WidgetProps<CandleSettings>): CandleInputs {
  const { client, version, theme, runs: allRuns, crosshair, place } = workspace;
  const checked = steady(() => checkedSeries(workspace, settings.value.tag));
  const isPlaced = (series: KnownSeries) => hasPlace(series, settings.value);
  const series = steady(() =>
    checked.value.filter((one, i) => i === 0 || isPlaced(one)).slice(0, mostRuns(settings.value.mode)),
  );
  const unplaced = computed(() => checked.value.filter((one) => !isPlaced(one)).length);
  const extras = new ExtrasModel({ workspace, settings, series });
  const several = computed(() => checked.value.length);
  const shared = { crosshair, place, id: frame.id };
  return { client, series, several, unplaced, version, settings, theme, allRuns, extras, ...shared };
}

const mostRuns = (mode: Mode): number => (mode === "side" ? MOST_SIDE_BY_SIDE : MOST_RUNS_DRAWN);

/** Candles of the run in focus, with the closes of other runs, read-out, toolbar and volume. */
export function CandleWidget(props: WidgetProps<CandleSettings>) {
  // The workspace is made of signals, and lives as long as the tab.
  const inputs = useMemo(() => inputsOf(props), []);
  const model = useMemo(() => new CandleModel(inputs), []);
  const { focus, placeless } = model;
  useSignalEffect(() => {
    const tag = props.settings.value.tag ?? props.workspace.choice.value.tag ?? "";
    props.frame.title.value = tag;
    props.frame.offer.value = model.isDrawn.value ? offerOf(model, inputs, focus.value?.tag ?? tag) : null;
  });
  return (
    <section class={`widget candles${fadedIf(model.old.value)}`}>
      <WidgetHead frame={props.frame} title={<Title {...props} focus={inputs.series.value[0]} />}>
        <Toolbar
          settings={inputs.settings}
          shown={focus.value?.width ?? null}
          asksStepsPerEpoch={placeless.value === null && asksStepsPerEpoch(inputs)}
          several={inputs.several.value > 1}
          selects={model.selects}
          fit={() => model.fit()}
        />
        <ExtrasBar extras={inputs.extras} />
        <HelpButton open={model.helpOpen} />
      </WidgetHead>
      <ReadingBar model={model} inputs={inputs} />
      <div class="chart-holder">
        <ChartArea model={model} inputs={inputs} />
        <ChartNotes model={model} extras={inputs.extras} />
      </div>
      <Legend model={model} inputs={inputs} notes={notesOf(model, inputs)} />
    </section>
  );
}

/** Apart, because it is drawn anew with each move of the crosshair. */
function ReadingBar({ model, inputs }: { readonly model: CandleModel; readonly inputs: CandleInputs }) {
  return <Readout reading={model.reading.value} clock={inputs.settings.value.clock} />;
}

function asksStepsPerEpoch({ settings, unplaced }: CandleInputs): boolean {
  return settings.value.axis === "epochs" && (settings.value.stepsPerEpoch !== null || unplaced.value > 0);
}

function HelpButton({ open }: { readonly open: Signal<boolean> }) {
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
        class="tool"
        title={STRINGS.whatIsACandle}
        data-testid="help"
        aria-label={STRINGS.whatIsACandle}
        aria-expanded={open.value}
        onClick={toggle}
      >
        ?
      </button>
      {open.value && <Help close={close} />}
    </div>
  );
}

/** What stands over the chart; outside of it, so that keys typed there do not move the crosshair. */
function ChartNotes({ model, extras }: { model: CandleModel; extras: ExtrasModel }) {
  const painted = model.focus.value && model.painted.value;
  const reading = model.reading.value;
  return (
    <>
      {!model.hasPanePerRun.value && <Chips extras={extras} painted={painted} reading={reading} />}
      <MarkCard extras={extras} plotPx={painted?.plotPx ?? 0} />
      <SpotNote model={model} />
    </>
  );
}
