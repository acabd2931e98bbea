import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
  type CorrelationAnswer,
  type CorrelationQuery,
  type Correlations,
  correlationPath,
  decodeCorrelation,
  decodePair,
  type MatrixName,
  type PairPoints,
  type PairQuery,
  pairPath,
} from "../../api/correlation.ts";
import type { Series } from "../../api/types.ts";
import type { Table } from "../../base/table.ts";
import { Analysis } from "../plot/analysis.ts";
import { checkedSeries, steady } from "../series.ts";
import type { Workspace } from "../workspace.ts";
import type { CorrelationSettings } from "./settings.ts";

/** The server compares no more at once. */
const MOST_SERIES = 500;
// A request line holds 64 KB.
const MOST_CHARACTERS = 48_000;
const PER_SERIES = "&run=&tag=".length;
const SIGNIFICANT = 0.05;

/** Two of the compared series, by their rows. */
export interface Pair {
  readonly first: number;
  readonly second: number;
}

/** What is asked of the server: all with all, and the two that were picked against each other. */
export class CorrelationModel {
  /** All that there are to compare, of which the first are. */
  readonly series: ReadonlySignal<readonly Series[]>;
  readonly analysis: Analysis<CorrelationQuery, CorrelationAnswer>;
  readonly picked = signal<readonly [Series, Series] | null>(null);
  readonly pair: Analysis<PairQuery, PairPoints>;

  constructor(workspace: Workspace, settings: Signal<CorrelationSettings>) {
    const { client } = workspace;
    this.series = steady(() => seriesOf(workspace, settings.value.which));
    const query = computed((): CorrelationQuery | null => {
      const { method, of, maxLag } = settings.value;
      const series = asMany(this.series.value);
      return series.length < 2 ? null : { series, method, of, maxLag };
    });
    this.analysis = new Analysis<CorrelationQuery, CorrelationAnswer>(
      workspace,
      () => query.value,
      (asked, etag, abort) => client.columns(correlationPath(asked), etag, decodeCorrelation, abort),
    );
    const pair = computed((): PairQuery | null => {
      const [picked, found] = [this.picked.value, this.analysis.answer.value?.found];
      if (!(picked && found)) return null;
      const place = placeOf(found, picked);
      return place && { of: settings.value.of, series: picked, lag: at(found, "lag", place) };
    });
    this.pair = new Analysis<PairQuery, PairPoints>(
      workspace,
      () => pair.value,
      (asked, etag, abort) => client.columns(pairPath(asked), etag, decodePair, abort),
    );
  }

  follow(): () => void {
    const stops = [this.analysis.follow(), this.pair.follow(), effect(() => this.letGo())];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Of a pair of which one is compared no more. */
  private letGo(): void {
    const [picked, all] = [this.picked.peek(), this.series.value];
    if (picked && !picked.every((one) => all.some((other) => isSame(one, other)))) this.picked.value = null;
  }
}

/** The first ones, as many as one request takes. */
export function asMany(series: readonly Series[]): readonly Series[] {
  let left = MOST_CHARACTERS;
  return series.slice(0, MOST_SERIES).filter(({ run, tag }) => {
    left -= encodeURIComponent(run).length + encodeURIComponent(tag).length + PER_SERIES;
    return left >= 0;
  });
}

const isSame = (a: Series, b: Series): boolean => a.run === b.run && a.tag === b.tag;

function seriesOf(workspace: Workspace, which: CorrelationSettings["which"]): readonly Series[] {
  if (which === "runs") return checkedSeries(workspace, null).map(({ run, tag }) => ({ run, tag }));
  const { runs, choice } = workspace;
  const focused = runs.value?.runs.find(({ name }) => name === choice.value.focus);
  // Epochs are no metric: they rise with the steps.
  const tags = (focused?.tags ?? []).filter(({ tag }) => !/(^|\/)epoch$/.test(tag));
  return tags.map(({ tag }) => ({ run: focused?.name ?? "", tag }));
}

export function placeOf({ series }: Correlations, [a, b]: readonly [Series, Series]): Pair | null {
  const [first, second] = [a, b].map((one) => series.findIndex((other) => isSame(one, other)));
  return first === undefined || second === undefined || first < 0 || second < 0 ? null : { first, second };
}

export const at = ({ series, matrices }: Correlations, name: MatrixName, { first, second }: Pair): number =>
  matrices[name][first * series.length + second] ?? Number.NaN;

export const isBeyondChance = (found: Correlations, pair: Pair): boolean =>
  at(found, "p_bh", pair) < SIGNIFICANT;

/** Every two series once. */
export function pairsOf({ series }: Correlations): readonly Pair[] {
  return series.flatMap((_, first) =>
    Array.from({ length: series.length - first - 1 }, (__, i) => ({ first, second: first + 1 + i })),
  );
}

/** Those beyond chance, the strongest first; where there are none, the strongest all the same. */
export function strongest(found: Correlations, most: number): readonly Pair[] {
  const known = pairsOf(found).filter((pair) => !Number.isNaN(at(found, "value", pair)));
  const beyond = known.filter((pair) => isBeyondChance(found, pair));
  const size = (pair: Pair) => Math.abs(at(found, "value", pair));
  return [...(beyond.length > 0 ? beyond : known)].sort((a, b) => size(b) - size(a)).slice(0, most);
}

/** What tells the compared series apart: their tags, or their runs where all are of one tag. */
export function namesOf(series: readonly Series[]): readonly string[] {
  const isOneTag = new Set(series.map(({ tag }) => tag)).size === 1;
  return series.map(({ run, tag }) => (isOneTag ? run : tag));
}

/** A row for every two. */
export function tableOf(found: Correlations): Table {
  const pairs = pairsOf(found);
  const names: readonly MatrixName[] = [
    "value",
    "lag",
    "points",
    "effective_points",
    "extreme_share",
    "p_independent",
    "p",
    "p_holm",
    "p_bh",
  ];
  const text = (pick: (pair: Pair) => string | undefined) => pairs.map((pair) => pick(pair) ?? "");
  return {
    columns: [
      { name: "run", values: text(({ first }) => found.series[first]?.run) },
      { name: "tag", values: text(({ first }) => found.series[first]?.tag) },
      { name: "other_run", values: text(({ second }) => found.series[second]?.run) },
      { name: "other_tag", values: text(({ second }) => found.series[second]?.tag) },
      ...names.map((name) => ({ name, values: Float64Array.from(pairs, (pair) => at(found, name, pair)) })),
    ],
  };
}
