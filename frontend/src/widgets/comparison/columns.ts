import type { Comparison } from "../../api/comparison.ts";
import type { Polarity } from "../../base/polarity.ts";
import type { Table } from "../../base/table.ts";
import { COMPARISON } from "../../base/words/comparison.ts";
import { COLUMN_NAMES, type ColumnName } from "./columnNames.ts";
import type { Rows } from "./rows.ts";

/** What a column is sorted by: one number for each run. */
type Values = (comparison: Comparison) => Float64Array;

/** Which way a column is sorted first: what one looks for comes to the top. */
type First = "best" | "lowest" | "highest";

interface Column {
  /** Null: it is no number, and nothing is sorted by it. */
  readonly values: Values | null;
  readonly first: First;
  readonly widthPx: number;
  /** Of the glossary. */
  readonly term?: string;
}

const COLUMNS: Readonly<Record<ColumnName, Column>> = {
  candles: { values: null, first: "best", widthPx: 166, term: "candle" },
  last: { values: ({ columns }) => ofTheLiving(columns, columns.last), first: "best", widthPx: 100 },
  last_difference: {
    values: ({ columns, difference }) => ofTheLiving(columns, difference.last),
    first: "best",
    widthPx: 128,
    term: "baseline",
  },
  best: { values: ({ columns }) => columns.best, first: "best", widthPx: 100 },
  best_difference: {
    values: ({ difference }) => difference.best,
    first: "best",
    widthPx: 128,
    term: "baseline",
  },
  worst: { values: ({ columns }) => columns.worst, first: "best", widthPx: 100 },
  mean: { values: ({ columns }) => columns.mean, first: "best", widthPx: 100, term: "mean" },
  volatility: { values: ({ columns }) => columns.volatility, first: "lowest", widthPx: 96 },
  atr: { values: ({ columns }) => columns.atr, first: "lowest", widthPx: 88, term: "atr" },
  drawdown: {
    values: ({ columns }) => ofTheLiving(columns, columns.drawdown),
    first: "lowest",
    widthPx: 100,
    term: "drawdown",
  },
  alerts: { values: ({ columns }) => columns.alerts, first: "highest", widthPx: 80 },
  points: { values: ({ columns }) => columns.points, first: "highest", widthPx: 90 },
  nonfinite: {
    values: ({ columns }) => columns.nonfinite,
    first: "highest",
    widthPx: 100,
    term: "nonfinite",
  },
  duration: { values: durations, first: "highest", widthPx: 96 },
};

export const columnOf = (name: ColumnName): Column => COLUMNS[name];

const DIFFERENCES: readonly ColumnName[] = ["last_difference", "best_difference"];

/** The columns that are shown; differences only where there is something to differ from. */
export const shownColumns = (hidden: readonly ColumnName[], hasBaseline: boolean): readonly ColumnName[] =>
  COLUMN_NAMES.filter((name) => !hidden.includes(name) && (hasBaseline || !DIFFERENCES.includes(name)));

/** Without those of runs that end with no number: how they stood before does not tell how they stand. */
function ofTheLiving({ nonfinite_since }: Comparison["columns"], values: Float64Array): Float64Array {
  return values.map((value, row) => (Number.isNaN(nonfinite_since[row]) ? value : Number.NaN));
}

function durations({ columns }: Comparison): Float64Array {
  return columns.end_time.map((end, i) => end - (columns.start_time[i] ?? Number.NaN));
}

/** Whether a first press on the column's head sorts the largest to the top. */
export function isDescendingFirst(name: ColumnName | "run", polarity: Polarity): boolean {
  if (name === "run") return false;
  const { first } = columnOf(name);
  return first === "best" ? polarity === "higher_is_better" : first === "highest";
}

/** All that is known of the runs in these rows, whichever columns are shown. */
export function tableOf(rows: Rows, order: readonly number[]): Table {
  const { runs, columns, difference, baseline, members, spread, endedNonfinite } = rows;
  const pick = (values: Float64Array) => Float64Array.from(order, (row) => values[row] ?? Number.NaN);
  const differences =
    baseline === null ? {} : { last_difference: difference.last, best_difference: difference.best };
  const names = order.map((row) => runs[row] ?? "");
  const sizes = order.map((row) => members?.[row]?.length ?? 1);
  const who = members
    ? [
        { name: COMPARISON.group, values: names },
        { name: COMPARISON.runs, values: sizes },
        { name: "runs_ended_nonfinite", values: pick(endedNonfinite) },
      ]
    : [{ name: COMPARISON.run.toLowerCase(), values: names }];
  const numbers = Object.entries({ ...columns, ...differences }).map(([name, values]) => ({
    name,
    values: pick(values),
  }));
  const spreads = Object.entries(spread).map(([name, values]) => ({
    name: `${name}_std_over_runs`,
    values: pick(values),
  }));
  return { columns: [...who, ...numbers, ...spreads] };
}
