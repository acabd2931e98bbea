import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { IndicatorInfo } from "../../api/registries.ts";
import { AXES } from "../../base/axis.ts";
import { commonFolder } from "../../base/commonFolder.ts";
import { formatValue } from "../../base/format.ts";
import { STRINGS } from "../../base/strings.ts";
import {
  INDICATOR_WIDGET,
  INDICATOR_WORDS,
  indicatorOf,
  outputName,
  valueSpoken,
} from "../../base/words/indicators.ts";
import type { LineSeries } from "../../chart/lineGeometry.ts";
import { Choice } from "../choice.tsx";
import { WidgetHead } from "../head.tsx";
import { picturesOf } from "../line/offer.ts";
import { ParameterFields } from "../parameters.tsx";
import { Popover } from "../popover.tsx";
import { registriesOf } from "../registries.ts";
import { RunName } from "../runName.tsx";
import { checkedSeries, MOST_RUNS_DRAWN, steady } from "../series.ts";
import { fadedIf, StillShown } from "../stillShown.tsx";
import { TagPicker } from "../tagPicker.tsx";
import type { WidgetProps } from "../widget.ts";
import { outputOf, tableOf } from "./lines.ts";
import { type IndicatorInputs, IndicatorModel } from "./model.ts";
import type { IndicatorSettings } from "./settings.ts";

const ZOOM_PER_KEY = 1.5;

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
    const [candles, lines] = [model.frame.value?.candles ?? [], model.lines.value];
    frame.offer.value = {
      table: () => tableOf(candles, lines, label),
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
      <ChartArea model={model} inputs={inputs} />
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

function ChartArea({ model, inputs }: { readonly model: IndicatorModel; readonly inputs: IndicatorInputs }) {
  const host = useRef<HTMLDivElement>(null);
  const announced = useSignal("");
  useEffect(() => (host.current ? model.attach(host.current) : undefined), [model]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!handleKey(model, event)) return;
    event.preventDefault();
    announced.value = spoken(model);
  };
  const why = inputs.series.value.length === 0 ? STRINGS.noRunHasTag : model.refusal.value;
  const view = model.painted.value?.geometry.view;
  return (
    <div
      class="chart line-chart"
      data-testid="indicator-chart"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the chart is operated by keys, which needs focus
      tabIndex={0}
      role="application"
      aria-roledescription={INDICATOR_WIDGET.role}
      aria-label={`${model.chosen.value?.info.title ?? ""}. ${INDICATOR_WIDGET.keys}`}
      aria-busy={model.busy.value}
      data-lines={model.lines.value.length}
      data-width={model.frame.value?.plan.width}
      data-from={view?.from}
      data-to={view?.to}
      onKeyDown={onKeyDown}
      onBlur={() => model.leave()}
    >
      <div class="canvas" ref={host} />
      <StillShown old={model.old.value} />
      {why !== null && (
        <div class="chart-error" role="alert">
          <h2>{STRINGS.chartErrorTitle}</h2>
          <p>
            <bdi>{why}</bdi>
          </p>
        </div>
      )}
      <div class="unseen" aria-live="polite">
        {announced.value}
      </div>
    </div>
  );
}

function handleKey(model: IndicatorModel, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const far = event.shiftKey ? 10 : 1;
  const actions: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => model.step(-far),
    ArrowRight: () => model.step(far),
    "+": () => model.zoom(ZOOM_PER_KEY),
    "=": () => model.zoom(ZOOM_PER_KEY),
    "-": () => model.zoom(1 / ZOOM_PER_KEY),
    f: () => model.fit(),
    Escape: () => model.leave(),
  };
  const action = actions[event.key];
  action?.();
  return action !== undefined;
}

function Legend({ model }: { readonly model: IndicatorModel }) {
  const lines = model.lines.value;
  const common = commonFolder(lines.map(({ run }) => run));
  return (
    <div class="line-legend" data-testid="indicator-legend">
      <ul aria-label={INDICATOR_WIDGET.readout}>
        {lines.map((line) => (
          <LegendItem key={line.run} line={line} common={common} model={model} />
        ))}
      </ul>
    </div>
  );
}

interface LegendItemProps {
  readonly line: LineSeries;
  readonly common: string;
  readonly model: IndicatorModel;
}

function LegendItem({ line, common, model }: LegendItemProps) {
  const value = line.value[model.rowOf(line)] ?? Number.NaN;
  return (
    <li
      class="line-chip"
      data-testid="indicator-value"
      data-run={line.run}
      title={line.run}
      data-value={Number.isFinite(value) ? String(value) : ""}
      onPointerEnter={() => {
        model.picked.value = line.run;
      }}
      onPointerLeave={() => {
        model.picked.value = null;
      }}
    >
      <span class="swatch" style={{ background: line.colour }} />
      <span class="chip-run">
        <RunName run={line.run} common={common} />
      </span>
      <span class="chip-value">{formatValue(value)}</span>
    </li>
  );
}

/** The run in focus, for a screen reader, said when the keyboard moves the crosshair. */
function spoken(model: IndicatorModel): string {
  const [focus] = model.lines.value;
  const value = focus?.value[model.rowOf(focus)] ?? Number.NaN;
  return focus ? valueSpoken(model.chosen.value?.label ?? "", "", formatValue(value)) : "";
}
