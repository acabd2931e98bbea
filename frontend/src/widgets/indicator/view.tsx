import { type Signal, useSignalEffect } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { IndicatorInfo } from "../../api/registries.ts";
import { AXES } from "../../base/axis.ts";
import { commonFolder } from "../../base/commonFolder.ts";
import { formatBucket, formatValue } from "../../base/format.ts";
import { STRINGS } from "../../base/strings.ts";
import { INDICATOR_WORDS, outputName, valueSpoken } from "../../base/words/indicators.ts";
import { INDICATOR_WIDGET, indicatorOf } from "../../base/words/indicatorWidget.ts";
import type { LineSeries } from "../../chart/lineGeometry.ts";
import { Choice } from "../choice.tsx";
import { WidgetHead } from "../head.tsx";
import { ChartArea } from "../line/chartArea.tsx";
import type { Reading } from "../line/chartModel.ts";
import { picturesOf } from "../line/offer.ts";
import { RunChip } from "../line/runChip.tsx";
import { ParameterFields } from "../parameters.tsx";
import { Popover } from "../popover.tsx";
import { registriesOf } from "../registries.ts";
import { checkedSeries, MOST_RUNS_DRAWN, steady } from "../series.ts";
import { fadedIf } from "../stillShown.tsx";
import { TagPicker } from "../tagPicker.tsx";
import type { WidgetProps } from "../widget.ts";
import { outputOf, tableOf } from "./lines.ts";
import { type IndicatorInputs, IndicatorModel } from "./model.ts";
import type { IndicatorSettings } from "./settings.ts";

function inputsOf({ workspace, settings, frame }: WidgetProps<IndicatorSettings>): IndicatorInputs {
  const series = steady(() => {
    const { tag, axis } = settings.value;
    const all = checkedSeries(workspace, tag);
    return all.filter(({ hasEpochs }) => axis !== "epochs" || hasEpochs).slice(0, MOST_RUNS_DRAWN);
  });
  return { id: frame.id, workspace, settings, series };
}

/** One indicator alone, as a line for each of the checked runs. */
export function IndicatorWidget(props: WidgetProps<IndicatorSettings>) {
  const { workspace, settings, frame } = props;
  // The workspace is made of signals, and lives as long as the tab.
  const inputs = useMemo(() => inputsOf(props), []);
  const model = useMemo(() => new IndicatorModel(inputs), []);
  useSignalEffect(() => {
    const label = model.chosen.value?.label ?? "";
    const title = indicatorOf(label, settings.value.tag ?? workspace.choice.value.tag ?? "");
    frame.title.value = title;
    frame.offer.value = {
      table: () => {
        const view = model.painted.value?.geometry.view ?? null;
        return tableOf(model.frame.value?.candles ?? [], model.lines.value, label, view);
      },
      ...(model.isDrawn.value
        ? picturesOf(
            () => model.scene(),
            () => ({ title: frame.title.peek(), valueTitle: "" }),
          )
        : {}),
    };
  });
  return (
    <section class={`widget lines indicator${fadedIf(model.old.value)}`}>
      <WidgetHead
        frame={frame}
        title={
          <div class="title">
            <h1>
              <TagPicker
                workspace={workspace}
                tag={settings.value.tag}
                pick={(tag) => {
                  settings.value = { ...settings.value, tag };
                }}
              />
            </h1>
            <span class="pill" data-testid="indicator-label">
              {model.chosen.value?.label}
            </span>
          </div>
        }
      >
        <Toolbar
          model={model}
          settings={settings}
          infos={registriesOf(workspace.client).indicators.value ?? []}
        />
      </WidgetHead>
      <Chart model={model} inputs={inputs} />
      <Legend model={model} />
    </section>
  );
}

interface ToolbarProps {
  readonly model: IndicatorModel;
  readonly settings: Signal<IndicatorSettings>;
  readonly infos: readonly IndicatorInfo[];
}

function Toolbar({ model, settings, infos }: ToolbarProps) {
  const chosen = model.chosen.value;
  const change = (changed: Partial<IndicatorSettings>) => {
    settings.value = { ...settings.value, ...changed };
  };
  const outputs = chosen?.info.outputs ?? [];
  return (
    <div class="toolbar">
      <select
        class="indicator-select"
        aria-label={INDICATOR_WIDGET.which}
        data-testid="indicator-select"
        value={chosen?.info.name ?? ""}
        onChange={(event) => change({ indicator: event.currentTarget.value, output: null })}
      >
        {infos.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
      {chosen && <Settings model={model} />}
      {chosen && outputs.length > 1 && (
        <Choice
          label={INDICATOR_WIDGET.line}
          options={outputs}
          value={outputOf(chosen, settings.value.output)}
          names={Object.fromEntries(outputs.map((output) => [output, outputName(output)]))}
          testId="output"
          pick={(output) => change({ output })}
        />
      )}
      <Choice
        label={INDICATOR_WIDGET.axis}
        options={AXES}
        value={settings.value.axis}
        names={STRINGS.axisNames}
        testId="indicator-axis"
        pick={(axis) => change({ axis })}
      />
    </div>
  );
}

function Settings({ model }: { readonly model: IndicatorModel }) {
  const chosen = model.chosen.value;
  if (!chosen) return null;
  const { info, numbers, label } = chosen;
  return (
    <Popover
      button={{ class: "plain", "data-term": info.name, "data-testid": "indicator-settings" }}
      face={label}
      name={INDICATOR_WIDGET.configure}
    >
      {() => (
        <div class="configure">
          <h3>{info.title}</h3>
          <p>{info.explanation}</p>
          <ParameterFields
            parameters={info.parameters}
            numbers={numbers}
            change={(changed) => model.configure(chosen, changed)}
          />
          <p class="hint">
            {INDICATOR_WORDS.source} {info.source}
          </p>
        </div>
      )}
    </Popover>
  );
}

function Chart({ model, inputs }: { readonly model: IndicatorModel; readonly inputs: IndicatorInputs }) {
  const view = model.painted.value?.geometry.view;
  return (
    <ChartArea
      model={model}
      name="indicator"
      role={INDICATOR_WIDGET.role}
      label={`${model.chosen.value?.info.title ?? ""}. ${INDICATOR_WIDGET.keys}`}
      why={inputs.series.value.length === 0 ? STRINGS.noRunHasTag : model.refusal.value}
      data={{
        "data-lines": model.lines.value.length,
        "data-width": model.frame.value?.plan.width,
        "data-from": view?.from,
        "data-to": view?.to,
      }}
      spoken={() => spoken(model)}
    />
  );
}

function Legend({ model }: { readonly model: IndicatorModel }) {
  const readings = model.readings.value;
  const common = commonFolder(readings.map(({ line }) => line.run));
  return (
    <div class="line-legend" data-testid="indicator-legend">
      <ul aria-label={INDICATOR_WIDGET.readout}>
        {readings.map((reading) => (
          <LegendItem key={reading.line.run} reading={reading} common={common} model={model} />
        ))}
      </ul>
    </div>
  );
}

interface LegendItemProps {
  readonly reading: Reading<LineSeries>;
  readonly common: string;
  readonly model: IndicatorModel;
}

function LegendItem({ reading: { line, row }, common, model }: LegendItemProps) {
  const value = line.value[row] ?? Number.NaN;
  return (
    <RunChip
      line={line}
      common={common}
      picked={model.picked}
      data-testid="indicator-value"
      title={line.run}
      data-value={Number.isFinite(value) ? String(value) : ""}
    >
      <span class="chip-value">{formatValue(value)}</span>
    </RunChip>
  );
}

/** The run in focus, for a screen reader, said when the keyboard moves the crosshair. */
function spoken(model: IndicatorModel): string {
  const [[focus], plan] = [model.readings.value, model.frame.value?.plan];
  if (!focus || !plan) return "";
  const [place, value] = [focus.line.place[focus.row], focus.line.value[focus.row] ?? Number.NaN];
  const words = valueSpoken(model.chosen.value?.label ?? "", "", formatValue(value));
  return place === undefined
    ? words
    : `${formatBucket(plan.axis, place - plan.width / 2, plan.width)}: ${words}`;
}
