import { useComputed, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import {
  type ComplexityQuery,
  complexityPath,
  decodeComplexity,
  type Model,
  type ModelsAnswer,
} from "../../api/complexity.ts";
import { formatCompact, formatDigits, formatDuration, formatInteger } from "../../base/format.ts";
import { COMPLEXITY, COST_WORDS, oneModel, severalModels, spreadWords } from "../../base/words/complexity.ts";
import { COMPLEXITY_KIND } from "../../base/words/kinds.ts";
import { WidgetHead } from "../head.tsx";
import { Analysis } from "../plot/analysis.ts";
import { AnalysisArea } from "../plot/area.tsx";
import { Plot, usePlot } from "../plot/plot.tsx";
import type { PlotTheme } from "../plot/theme.ts";
import { steady } from "../series.ts";
import type { WidgetProps } from "../widget.ts";
import { useWidth } from "../width.ts";
import type { Workspace } from "../workspace.ts";
import { MOST_DRAWN, radarOf, spokesOf } from "./radar.ts";
import { batchesOf, leastOf, nameOf, type Row, rowsOf, tableOf } from "./rows.ts";
import type { ComplexitySettings } from "./settings.ts";

const FEWEST_SPOKES = 3;
// Narrower pictures have room for the names of axes alone; their ends are in the table.
const LEAST_PX_OF_ENDS = 440;

function analysisOf(workspace: Workspace): Analysis<ComplexityQuery, ModelsAnswer> {
  // Of thousands of runs a few know what their models cost.
  const runs = steady(() => {
    const { checked } = workspace.choice.value;
    const known = new Map(workspace.runs.value?.runs.map(({ name, records }) => [name, records]));
    return checked.filter((run) => known.get(run)?.complexity !== undefined);
  });
  return new Analysis<ComplexityQuery, ModelsAnswer>(
    workspace,
    () => (runs.value.length > 0 ? { runs: runs.value } : null),
    (asked, etag, signal) => workspace.client.tagged(complexityPath(asked), etag, decodeComplexity, signal),
  );
}

/** What the models of the checked runs cost: a radar and a table. */
export function ComplexityWidget({ workspace, frame }: WidgetProps<ComplexitySettings>) {
  // The workspace is made of signals, and lives as long as the tab.
  const analysis = useMemo(() => analysisOf(workspace), []);
  useEffect(() => analysis.follow(), [analysis]);
  const plot = usePlot();
  const models = useComputed(() => analysis.answer.value?.models ?? []);
  useSignalEffect(() => {
    frame.title.value = COMPLEXITY_KIND.title;
    const known = models.value;
    frame.offer.value = known.length > 0 ? plot.offer(COMPLEXITY_KIND.title, () => tableOf(known)) : null;
  });
  const colours = workspace.colours.value;
  const place = useRef<HTMLElement>(null);
  const width = useWidth(place);
  const isNarrow = width.value < LEAST_PX_OF_ENDS;
  const figure = useMemo(
    () => (theme: PlotTheme) => radarOf(models.value, colours, isNarrow, theme),
    [models.value, colours, isNarrow],
  );
  const empty = workspace.choice.value.checked.length > 0 ? COMPLEXITY.noModels : COMPLEXITY.none;
  const hasRadar = spokesOf(models.value).length >= FEWEST_SPOKES;
  return (
    <section class="widget complexity" ref={place}>
      <WidgetHead
        frame={frame}
        title={
          <div class="title">
            <span class="tag-name">{COMPLEXITY_KIND.title}</span>
          </div>
        }
      />
      <AnalysisArea analysis={analysis} empty={empty}>
        {(answer) => (
          <>
            <Sentences answer={answer} hasScales={hasRadar && !isNarrow} />
            {hasRadar && (
              <Plot
                plot={plot}
                theme={workspace.theme.value}
                figure={figure}
                label={wordsOf(answer.models)}
              />
            )}
            {answer.models.length > 0 && <CostTable models={answer.models} focus={workspace.focus} />}
          </>
        )}
      </AnalysisArea>
    </section>
  );
}

/** What is seen, in words. */
function Sentences({ answer, hasScales }: { readonly answer: ModelsAnswer; readonly hasScales: boolean }) {
  const { models, problems } = answer;
  const batches = batchesOf(models);
  return (
    <p class="hint plain-words" data-testid="complexity-words">
      {models.length > 0 && wordsOf(models)}{" "}
      {batches && COMPLEXITY.batchesDiffer(formatInteger(batches[0]), formatInteger(batches[1]))}{" "}
      {hasScales && COMPLEXITY.scales}{" "}
      {models.length > MOST_DRAWN && COMPLEXITY.more(formatInteger(MOST_DRAWN), formatInteger(models.length))}{" "}
      {problems.length > 0 && (
        <span title={problems.join("\n")}>{COMPLEXITY.problems(formatInteger(problems.length))}</span>
      )}
    </p>
  );
}

function wordsOf(models: readonly Model[]): string {
  const by = (pick: (model: Model) => number) =>
    [...models].filter((model) => Number.isFinite(pick(model))).sort((a, b) => pick(b) - pick(a));
  const sizes = by(({ costs }) => costs.parameters);
  const [largest, smallest] = [sizes[0], sizes.at(-1)];
  if (!largest || !smallest) return "";
  const { parameters, depth } = largest.costs;
  const name = (model: Model) => nameOf(model, models);
  if (largest === smallest) return oneModel(name(largest), formatCompact(parameters), formatInteger(depth));
  const slow = by(({ costs, examples }) => costs.latency / examples);
  const times = formatDigits(parameters / Math.max(1, smallest.costs.parameters), 3);
  return severalModels(
    name(largest),
    times,
    name(smallest),
    slow.length > 1 && slow[0] ? name(slow[0]) : null,
  );
}

interface CostTableProps {
  readonly models: readonly Model[];
  readonly focus: (run: string) => void;
}

/** A row for each number, a column for each model. */
const CostTable = ({ models, focus }: CostTableProps) => (
  <div class="table-scroller cost-table">
    <table class="sticky-table" style={{ "--columns": `${9 * models.length}em` }} data-testid="cost-table">
      <colgroup>
        <col class="first-column" />
        {models.map(({ run, tag }) => (
          <col key={`${run}\n${tag}`} />
        ))}
      </colgroup>
      <thead>
        <tr>
          <td>{COMPLEXITY.measure}</td>
          {models.map((model) => (
            <th key={`${model.run}\n${model.tag}`} scope="col">
              <button
                type="button"
                title={`${model.run} · ${model.framework} · ${model.device}, ${COMPLEXITY.examples(formatInteger(model.examples))}`}
                onClick={() => focus(model.run)}
              >
                <bdi>{nameOf(model, models)}</bdi>
              </button>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr data-testid="cost-examples">
          <th scope="row" title={COMPLEXITY.batchHint}>
            {COMPLEXITY.batch}
          </th>
          {models.map(({ run, tag, examples }) => (
            <td key={`${run}\n${tag}`} class="number">
              {formatInteger(examples)}
            </td>
          ))}
        </tr>
        {rowsOf(models).map((row) => (
          <CostRow key={row.name} row={row} models={models} />
        ))}
      </tbody>
    </table>
  </div>
);

function CostRow({ row, models }: { readonly row: Row; readonly models: readonly Model[] }) {
  const least = leastOf(row);
  const { name, hint } = COST_WORDS[row.name];
  return (
    <tr data-testid={`cost-${row.name}`}>
      <th scope="row" title={hint}>
        {row.name === "latency" && batchesOf(models) ? COMPLEXITY.latencyOfBatches : name}
      </th>
      {models.map((model, at) => (
        <td key={`${model.run}\n${model.tag}`} class="number" title={titleOf(row, model)}>
          {at === least ? (
            <b class="least" title={COMPLEXITY.least}>
              ▾ {row.exact(row.values[at] ?? Number.NaN)}
            </b>
          ) : (
            row.exact(row.values[at] ?? Number.NaN)
          )}
        </td>
      ))}
    </tr>
  );
}

/** How it was measured, or why not. */
function titleOf({ name }: Row, { costs, examples, notes }: Model): string | undefined {
  const note = notes[name === "latency" ? "latency_secs" : name];
  if (name !== "latency" || !Number.isFinite(costs.latency_low)) return note;
  const spread = spreadWords(
    formatDuration(costs.latency_low / examples),
    formatDuration(costs.latency_high / examples),
  );
  return note === undefined ? spread : `${note}; ${spread}`;
}
