import type { Comparison, ComparisonColumn, SmallCandles } from "../../api/comparison.ts";
import type { GroupCandles, RunGroup } from "../../api/groups.ts";

/** What the table shows: a row for each run, or for each group of runs, which is then named in `runs`. */
export interface Rows extends Comparison {
  /** Of each row; null: it is a run. */
  readonly members: readonly (readonly string[])[] | null;
  /** Population standard deviation over the runs of a group, of the columns that are their mean. */
  /** How many of its runs end with no number: their last values go into no mean. */
  readonly endedNonfinite: Float64Array;
  readonly spread: Readonly<Partial<Record<ComparisonColumn, Float64Array>>>;
}

/** As a run has them. */
const MOST_SMALL_CANDLES = 24;

const SUMMED: readonly ComparisonColumn[] = ["points", "nonfinite", "alerts"];
const EARLIEST: readonly ComparisonColumn[] = ["first_step", "start_time"];
const LATEST: readonly ComparisonColumn[] = ["last_step", "last_finite_step", "end_time"];
const AVERAGED: readonly ComparisonColumn[] = [
  "last",
  "best",
  "worst",
  "mean",
  "volatility",
  "atr",
  "drawdown",
];

/** How a run stands at its end; one that ends with no number stands nowhere. */
const OF_THE_END: readonly ComparisonColumn[] = ["last", "drawdown"];

export const ofRuns = (comparison: Comparison): Rows => ({
  ...comparison,
  members: null,
  endedNonfinite: comparison.columns.nonfinite_since.map((step) => Number(isKnown(step))),
  spread: {},
});

/**
 * A row for each group: the mean of its runs' values, each run counting the same, with the deviation over
 * the runs; counts are summed up, and time goes from the first begin to the last end.
 */
export function ofGroups(
  comparison: Comparison,
  groups: readonly RunGroup[],
  candles: readonly GroupCandles[],
  baseline: string | null,
): Rows {
  const rowOf = new Map(comparison.runs.map((run, row) => [run, row]));
  const members = groups.map(({ runs }) => runs.flatMap((run) => rowOf.get(run) ?? []));
  const hasEnded = (row: number) => isKnown(comparison.columns.nonfinite_since[row] ?? Number.NaN);
  const over = (name: ComparisonColumn, reduce: (values: readonly number[]) => number) =>
    Float64Array.from(members, (rows) => {
      const counted = OF_THE_END.includes(name) ? rows.filter((row) => !hasEnded(row)) : rows;
      return reduce(counted.map((row) => comparison.columns[name][row] ?? Number.NaN));
    });
  const missing = new Float64Array(groups.length).fill(Number.NaN);
  const columns = { ...Object.fromEntries(Object.keys(comparison.columns).map((name) => [name, missing])) };
  for (const name of SUMMED) columns[name] = over(name, sum);
  for (const name of EARLIEST) columns[name] = over(name, first);
  for (const name of LATEST) columns[name] = over(name, last);
  for (const name of AVERAGED) columns[name] = over(name, mean);
  const known = columns as Comparison["columns"];
  const base = groups.findIndex(({ name }) => name === baseline);
  return {
    ...comparison,
    runs: groups.map(({ name }) => name),
    members: groups.map(({ runs }) => runs),
    columns: known,
    endedNonfinite: Float64Array.from(members, (rows) => rows.filter(hasEnded).length),
    spread: Object.fromEntries(AVERAGED.map((name) => [name, over(name, deviation)])),
    baseline: base < 0 ? null : baseline,
    difference: { last: lessThat(known.last, base), best: lessThat(known.best, base) },
    small: smallOf(groups, candles),
  };
}

const isKnown = (value: number): boolean => !Number.isNaN(value);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The least and the largest of the values that are known; NaN where none is. */
const first = (values: readonly number[]): number =>
  values.filter(isKnown).sort((a, b) => a - b)[0] ?? Number.NaN;
const last = (values: readonly number[]): number => first(values.map((value) => -value)) * -1;

/** Of the values that are known; NaN where none is. */
function mean(values: readonly number[]): number {
  const known = values.filter(isKnown);
  // Divided first: the sum of all may not fit.
  return known.length === 0 ? Number.NaN : sum(known.map((value) => value / known.length));
}

/** NaN for fewer than two: one run says nothing of how far runs differ. */
function deviation(values: readonly number[]): number {
  const known = values.filter(isKnown);
  const middle = mean(known);
  return known.length < 2 ? Number.NaN : Math.sqrt(mean(known.map((value) => (value - middle) ** 2)));
}

const lessThat = (values: Float64Array, base: number): Float64Array =>
  values.map((value) => value - (values[base] ?? Number.NaN));

type Price = (typeof PRICES)[number];
const PRICES = ["open", "high", "low", "close"] as const;

function smallOf(groups: readonly RunGroup[], candles: readonly GroupCandles[]): SmallCandles {
  const named = new Map(candles.map((one) => [one.name, fewer(one, MOST_SMALL_CANDLES)]));
  const perRun = Math.max(0, ...[...named.values()].map(({ open }) => open.length));
  const lines = (price: Price) => {
    const all = new Float64Array(groups.length * perRun).fill(Number.NaN);
    for (const [row, { name }] of groups.entries()) all.set(named.get(name)?.[price] ?? [], row * perRun);
    return all;
  };
  return {
    perRun,
    prices: { open: lines("open"), high: lines("high"), low: lines("low"), close: lines("close") },
  };
}

/** At most so many candles, each of equally many neighbours; those without a price are left out. */
export function fewer({ columns }: GroupCandles, most: number): Readonly<Record<Price, Float64Array>> {
  const priced = [...columns.open.keys()].filter((i) => isKnown(columns.open[i] ?? Number.NaN));
  const each = Math.ceil(priced.length / most) || 1;
  const parts = Array.from({ length: Math.ceil(priced.length / each) }, (_, k) =>
    priced.slice(k * each, (k + 1) * each),
  );
  const over = (price: Price, reduce: (values: readonly number[]) => number | undefined) =>
    Float64Array.from(
      parts,
      (rows) => reduce(rows.map((i) => columns[price][i] ?? Number.NaN)) ?? Number.NaN,
    );
  return {
    open: over("open", (values) => values[0]),
    high: over("high", (values) => Math.max(...values)),
    low: over("low", (values) => Math.min(...values)),
    close: over("close", (values) => values.at(-1)),
  };
}
