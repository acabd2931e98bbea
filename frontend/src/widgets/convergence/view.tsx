import { type Signal, useComputed, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Convergence, Estimate, Verdict } from "../../api/convergence.ts";
import { formatDigits, formatInteger } from "../../base/format.ts";
import { CONVERGENCE, convergenceOf, expectedAt } from "../../base/words/convergence.ts";
import { Choice } from "../choice.tsx";
import { WidgetHead } from "../head.tsx";
import { AnalysisArea } from "../plot/area.tsx";
import type { PlotHandle } from "../plot/handle.ts";
import { Plot, usePlot } from "../plot/plot.tsx";
import type { PlotTheme } from "../plot/theme.ts";
import { TagPicker } from "../tagPicker.tsx";
import type { WidgetProps } from "../widget.ts";
import type { Workspace } from "../workspace.ts";
import { figureOf } from "./figure.ts";
import { ConvergenceModel, MOST_CURVES, tableOf } from "./model.ts";
import { AHEAD, AXES, type ConvergenceSettings, readPatience } from "./settings.ts";

const NONE = "–";

/** Where a metric is going, in a picture and in words. */
export function ConvergenceWidget({ workspace, settings, frame }: WidgetProps<ConvergenceSettings>) {
  // The workspace is made of signals, and lives as long as the tab.
  const model = useMemo(() => new ConvergenceModel(workspace, settings), []);
  useEffect(() => model.analysis.follow(), [model]);
  const plot = usePlot();
  const series = useComputed(() => model.analysis.answer.value?.series ?? []);
  useSignalEffect(() => {
    frame.title.value = convergenceOf(model.tag.value);
    frame.offer.value =
      series.value.length > 0 ? plot.offer(frame.title.value, () => tableOf(series.value)) : null;
  });
  const pick = (tag: string | null) => {
    settings.value = { ...settings.value, tag };
  };
  const title = (
    <div class="title">
      <h1>
        <TagPicker workspace={workspace} tag={settings.value.tag} pick={pick} />
      </h1>
    </div>
  );
  return (
    <section class="widget convergence">
      <WidgetHead frame={frame} title={title}>
        <Controls settings={settings} />
      </WidgetHead>
      <AnalysisArea analysis={model.analysis} empty={CONVERGENCE.none}>
        {(answer) =>
          answer.series.length > 0 && (
            <>
              <Sentences series={answer.series} all={model.series.value.length} />
              <Curves workspace={workspace} settings={settings} plot={plot} series={answer.series} />
              {answer.series.length > 1 && <EveryRun series={answer.series} />}
            </>
          )
        }
      </AnalysisArea>
    </section>
  );
}

function Controls({ settings }: { readonly settings: Signal<ConvergenceSettings> }) {
  const { ahead, axis, patience } = settings.value;
  const change = (changed: Partial<ConvergenceSettings>) => {
    settings.value = { ...settings.value, ...changed };
  };
  return (
    <>
      <Choice
        label={CONVERGENCE.ahead}
        options={AHEAD}
        value={ahead}
        names={CONVERGENCE.aheadNames}
        hints={CONVERGENCE.aheadHints}
        testId="ahead"
        pick={(picked) => change({ ahead: picked })}
      />
      <Choice
        label={CONVERGENCE.axis}
        options={AXES}
        value={axis}
        names={CONVERGENCE.axisNames}
        hints={CONVERGENCE.axisHints}
        testId="axis"
        pick={(picked) => change({ axis: picked })}
      />
      <label class="number-control" title={CONVERGENCE.patienceHint}>
        {CONVERGENCE.patience}
        <input
          type="number"
          min="1"
          step="1"
          data-testid="patience"
          value={patience}
          onChange={(event) => change({ patience: readPatience(event.currentTarget.valueAsNumber) })}
        />
      </label>
    </>
  );
}

interface SentencesProps {
  readonly series: readonly Convergence[];
  /** How many there would be. */
  readonly all: number;
}

/** What is to be said of the run in focus. */
function Sentences({ series, all }: SentencesProps) {
  const [first] = series;
  if (!first) return null;
  const [headline, ...rest] = first.sentences;
  return (
    <div class="convergence-words" data-testid="convergence-words">
      <p>
        {series.length > 1 && <bdi class="run-of-words">{first.run}</bdi>} <strong>{headline}</strong>{" "}
        {rest.join(" ")}
      </p>
      {all > MOST_CURVES && (
        <p class="hint">{CONVERGENCE.tooMany(formatInteger(series.length), formatInteger(all))}</p>
      )}
    </div>
  );
}

interface CurvesProps {
  readonly workspace: Workspace;
  readonly settings: Signal<ConvergenceSettings>;
  readonly plot: PlotHandle;
  readonly series: readonly Convergence[];
}

function Curves({ workspace, settings, plot, series }: CurvesProps) {
  const [colours, isLog] = [workspace.colours.value, settings.value.axis === "log"];
  const figure = useMemo(
    () => (theme: PlotTheme) => figureOf({ series, colours, isLog }, theme),
    [series, colours, isLog],
  );
  const [first] = series;
  return (
    <Plot
      plot={plot}
      theme={workspace.theme.value}
      figure={figure}
      label={`${convergenceOf(first?.tag ?? "")}: ${first?.sentences[0] ?? ""}`}
      viewOf={`${first?.tag} ${settings.value.ahead} ${isLog}`}
    />
  );
}

/** A row for each run. */
function EveryRun({ series }: { readonly series: readonly Convergence[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="convergence-table" tabIndex={0} aria-label={CONVERGENCE.others}>
      <table>
        <thead>
          <tr>
            <th scope="col">{CONVERGENCE.run}</th>
            <th scope="col">{CONVERGENCE.verdict}</th>
            <th scope="col">{CONVERGENCE.plateau}</th>
            <th scope="col">{CONVERGENCE.convergedStep}</th>
            <th scope="col">{CONVERGENCE.final}</th>
          </tr>
        </thead>
        <tbody>
          {series.map(({ run, verdict, outlook, horizon }) => (
            <tr key={run}>
              <th scope="row">
                <bdi>{run}</bdi>
              </th>
              <td>{CONVERGENCE.verdicts[verdict]}</td>
              <td>{known(estimateWords(outlook?.asymptote), verdict)}</td>
              <td>{known(formatInteger(Math.round(outlook?.convergedStep.value ?? Number.NaN)), verdict)}</td>
              <td title={expectedAt(formatInteger(horizon))}>{estimateWords(outlook?.final)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Of what has a plateau by its verdict there will be a number: a dash is for what has none. */
const known = (text: string, verdict: Verdict): string =>
  text === NONE && (verdict === "converged" || verdict === "converging") ? CONVERGENCE.unknown : text;

function estimateWords(estimate: Estimate | undefined): string {
  if (!estimate || !Number.isFinite(estimate.value)) return NONE;
  const half = (estimate.high - estimate.low) / 2;
  return `${formatDigits(estimate.value, 4)} ± ${formatDigits(half, 2)}`;
}
