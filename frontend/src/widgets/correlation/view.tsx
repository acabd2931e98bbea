import { useComputed, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Correlations } from "../../api/correlation.ts";
import { formatInteger } from "../../base/format.ts";
import { CORRELATION, correlationOf, countSentence } from "../../base/words/correlation.ts";
import { CORRELATION_KIND } from "../../base/words/kinds.ts";
import { WidgetHead } from "../head.tsx";
import { AnalysisArea } from "../plot/area.tsx";
import type { PlotPoint } from "../plot/figure.ts";
import type { PlotHandle } from "../plot/handle.ts";
import { Plot, usePlot } from "../plot/plot.tsx";
import type { PlotTheme } from "../plot/theme.ts";
import type { WidgetProps } from "../widget.ts";
import { useWidth } from "../width.ts";
import type { Workspace } from "../workspace.ts";
import { Controls } from "./controls.tsx";
import { heatOf, moves, numbers } from "./figure.ts";
import {
  CorrelationModel,
  isBeyondChance,
  namesOf,
  type Pair,
  pairsOf,
  strongest,
  tableOf,
} from "./model.ts";
import { Scatter } from "./scatter.tsx";
import type { CorrelationSettings } from "./settings.ts";

const LISTED = 5;
const LEAST_CELL_PX = 14;
const LABELS_PX = 250;

/** Which metrics move together: all with all, and two of them against each other. */
export function CorrelationWidget({ workspace, settings, frame }: WidgetProps<CorrelationSettings>) {
  // The workspace is made of signals, and lives as long as the tab.
  const model = useMemo(() => new CorrelationModel(workspace, settings), []);
  useEffect(() => model.follow(), [model]);
  const plot = usePlot();
  const found = useComputed(() => model.analysis.answer.value?.found ?? null);
  const subject = useComputed(() =>
    settings.value.which === "tags" ? workspace.choice.value.focus : workspace.choice.value.tag,
  );
  useSignalEffect(() => {
    const matrices = found.value;
    frame.title.value = correlationOf(subject.value ?? "");
    frame.offer.value = matrices && plot.offer(frame.title.value, () => tableOf(matrices));
  });
  return (
    <section class="widget correlation">
      <WidgetHead
        frame={frame}
        title={
          <div class="title">
            <h1>
              {CORRELATION_KIND.title} <bdi class="tag-name">{subject.value}</bdi>
            </h1>
          </div>
        }
      >
        <Controls settings={settings} />
      </WidgetHead>
      <AnalysisArea analysis={model.analysis} empty={CORRELATION.noPair}>
        {(answer) =>
          answer.found && (
            <>
              <Sentences found={answer.found} model={model} settings={settings.value} />
              <div class="correlation-pictures">
                <Heat
                  found={answer.found}
                  model={model}
                  plot={plot}
                  workspace={workspace}
                  settings={settings.value}
                />
                {model.picked.value && <Scatter model={model} workspace={workspace} />}
              </div>
            </>
          )
        }
      </AnalysisArea>
    </section>
  );
}

interface FoundProps {
  readonly found: Correlations;
  readonly model: CorrelationModel;
  readonly settings: CorrelationSettings;
}

/** What is to be said of all pairs, and the strongest of them, each a button that opens its points. */
function Sentences({ found, model, settings }: FoundProps) {
  const pairs = useMemo(() => pairsOf(found), [found]);
  const beyond = useMemo(() => pairs.filter((pair) => isBeyondChance(found, pair)).length, [pairs, found]);
  const top = useMemo(() => strongest(found, LISTED), [found]);
  const [count, all] = [found.series.length, model.series.value.length];
  return (
    <div class="correlation-words" data-testid="correlation-words">
      <p>
        <strong>{countSentence(formatInteger(beyond), formatInteger(pairs.length), top.length > 0)}</strong>{" "}
        {top.length > 0 && CORRELATION.star} {settings.of === "raw" && CORRELATION.rawWarning}{" "}
        {!found.isEveryStep && CORRELATION.thinned}{" "}
        {all > count && CORRELATION.tooMany(formatInteger(count), formatInteger(all))}
      </p>
      <ul aria-label={CORRELATION.strongest}>
        {top.map((pair) => (
          <li key={`${pair.first} ${pair.second}`}>
            <PairButton found={found} pair={pair} model={model} />
          </li>
        ))}
      </ul>
    </div>
  );
}

interface PairButtonProps {
  readonly found: Correlations;
  readonly pair: Pair;
  readonly model: CorrelationModel;
}

function PairButton({ found, pair, model }: PairButtonProps) {
  const names = namesOf(found.series);
  const series = seriesAt(found, pair);
  const isOpen = JSON.stringify(model.picked.value) === JSON.stringify(series);
  return (
    <button
      type="button"
      class="link pair"
      data-testid="pair"
      aria-pressed={isOpen}
      title={numbers(found, pair)}
      onClick={() => {
        model.picked.value = isOpen ? null : series;
      }}
    >
      <bdi>{names[pair.first]}</bdi> · <bdi>{names[pair.second]}</bdi>
      <span class="pair-words">
        {(found.matrices.value[pair.first * found.series.length + pair.second] ?? 0).toFixed(2)}{" "}
        {moves(found, pair)}
      </span>
    </button>
  );
}

const seriesAt = ({ series }: Correlations, { first, second }: Pair) => {
  const [a, b] = [series[first], series[second]];
  return a && b ? ([a, b] as const) : null;
};

interface HeatProps extends FoundProps {
  readonly plot: PlotHandle;
  readonly workspace: Workspace;
}

/** As large as its cells need to be told apart: what is larger than the widget scrolls. */
function Heat({ found, model, plot, workspace, settings }: HeatProps) {
  const host = useRef<HTMLElement>(null);
  const width = useWidth(host);
  const count = found.series.length;
  const cellPx = Math.max(LEAST_CELL_PX, Math.floor((width.value - LABELS_PX) / count));
  const { significantOnly } = settings;
  const figure = useMemo(
    () => (theme: PlotTheme) => heatOf({ found, cellPx, significantOnly }, theme),
    [found, cellPx, significantOnly],
  );
  const pick = ({ x, y }: PlotPoint) => {
    const [first, second] = [y, x].map((one) => found.order[Math.round(Number(one))]);
    if (first === undefined || second === undefined || first === second) return;
    model.picked.value = seriesAt(found, { first, second });
  };
  const least = `${LEAST_CELL_PX * count + LABELS_PX}px`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="correlation-heat" ref={host} tabIndex={0} aria-label={CORRELATION_KIND.title}>
      <div
        class="correlation-room"
        style={{ minWidth: count > 12 ? least : 0, minHeight: count > 12 ? least : 0 }}
      >
        <Plot
          plot={plot}
          theme={workspace.theme.value}
          figure={figure}
          label={CORRELATION_KIND.hint}
          viewOf={String(count)}
          onPoint={pick}
        />
      </div>
    </section>
  );
}
