import { computed, useSignalEffect } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { drawnOf, notPlaced, STRINGS } from "../../base/strings.ts";
import { LINE, lineChartLabel } from "../../base/words/line.ts";
import { WidgetHead } from "../head.tsx";
import { checkedSeries, MOST_RUNS_DRAWN, steady } from "../series.ts";
import { fadedIf } from "../stillShown.tsx";
import { TagPicker } from "../tagPicker.tsx";
import type { WidgetProps } from "../widget.ts";
import { ChartArea } from "./chartArea.tsx";
import { LineLegend, spoken } from "./legend.tsx";
import { type LineInputs, LineModel } from "./model.ts";
import { offerOf } from "./offer.ts";
import type { LineSettings } from "./settings.ts";
import { Toolbar } from "./toolbar.tsx";

interface Inputs extends LineInputs {
  /** How many runs are checked and have the tag, and how many of them the axis. */
  readonly checked: { readonly value: number };
  readonly placed: { readonly value: number };
}

function inputsOf({ workspace, settings, frame }: WidgetProps<LineSettings>): Inputs {
  const all = steady(() => checkedSeries(workspace, settings.value.tag));
  const placed = steady(() =>
    settings.value.axis === "epochs" ? all.value.filter(({ hasEpochs }) => hasEpochs) : all.value,
  );
  const series = steady(() => placed.value.slice(0, MOST_RUNS_DRAWN));
  return {
    id: frame.id,
    workspace,
    settings,
    series,
    checked: computed(() => all.value.length),
    placed: computed(() => placed.value.length),
  };
}

/** The points themselves of all checked runs, as lines. */
export function LineWidget(props: WidgetProps<LineSettings>) {
  const { workspace, settings, frame } = props;
  // The workspace is made of signals, and lives as long as the tab.
  const inputs = useMemo(() => inputsOf(props), []);
  const model = useMemo(() => new LineModel(inputs), []);
  const { tag, axis, smoothing } = settings.value;
  useSignalEffect(() => {
    const shown = settings.value.tag ?? workspace.choice.value.tag ?? "";
    frame.title.value = shown;
    frame.offer.value = model.isDrawn.value ? offerOf(model, model.held.value?.items[0]?.tag ?? shown) : null;
  });
  const pick = (picked: string | null) => {
    settings.value = { ...settings.value, tag: picked };
  };
  return (
    <section class={`widget lines${fadedIf(model.old.value)}`}>
      <WidgetHead
        frame={frame}
        title={
          <div class="title">
            <h1>
              <TagPicker workspace={workspace} tag={tag} pick={pick} />
            </h1>
          </div>
        }
      >
        <Toolbar settings={settings} fit={() => model.fit()} />
      </WidgetHead>
      <Chart model={model} inputs={inputs} />
      <Notes inputs={inputs} />
      <LineLegend model={model} axis={axis} smoothing={smoothing} />
    </section>
  );
}

function Notes({ inputs: { checked, placed } }: { readonly inputs: Inputs }) {
  const drawn = Math.min(placed.value, MOST_RUNS_DRAWN);
  const unplaced = checked.value - placed.value;
  const notes = [
    ...(unplaced > 0 && drawn > 0 ? [notPlaced(unplaced)] : []),
    ...(placed.value > drawn ? [drawnOf(drawn, placed.value)] : []),
  ];
  return (
    <div class="notes line-notes" role="status">
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
    </div>
  );
}

function Chart({ model, inputs }: { readonly model: LineModel; readonly inputs: Inputs }) {
  const isEmpty = inputs.series.value.length === 0;
  const empty = inputs.checked.value > 0 ? LINE.noEpochs : STRINGS.noRunHasTag;
  return (
    <ChartArea
      model={model}
      name="line"
      role={LINE.role}
      label={lineChartLabel(inputs.series.value[0]?.tag ?? "")}
      why={isEmpty ? empty : model.refusal.value}
      data={paintedData(model)}
      keys={{ Home: () => model.jump("first"), End: () => model.jump("last") }}
      spoken={() => {
        const [focus] = model.readings.value;
        return focus ? spoken(focus) : "";
      }}
    />
  );
}

/** What is on screen, for scripts and tests: all of it from one and the same paint. */
function paintedData(model: LineModel) {
  const painted = model.painted.value;
  const { view, width, low, high } = painted?.geometry ?? {};
  return {
    "data-lines": painted?.content.series.length ?? 0,
    "data-points": painted?.content.series.reduce((sum, { place }) => sum + place.length, 0),
    "data-last": painted?.content.series[0]?.place.at(-1),
    "data-from": view?.from,
    "data-to": view?.to,
    "data-low": low,
    "data-high": high,
    "data-plot-px": width,
  };
}
