import type { Polarity } from "../base/polarity.ts";
import { BadAnswer } from "./errors.ts";
import { asArray, asNumber, asRecord, asText } from "./json.ts";
import { decodePolarity, decodeUnit } from "./runs.ts";
import { decodeSafetensors, type Tensors } from "./safetensors.ts";

const COLUMNS = [
  "points",
  "first_step",
  "last_step",
  "last",
  "last_finite_step",
  "nonfinite_since",
  "best",
  "best_step",
  "worst",
  "worst_step",
  "mean",
  "volatility",
  "atr",
  "drawdown",
  "nonfinite",
  "alerts",
  "start_time",
  "end_time",
] as const;

const PRICES = ["open", "high", "low", "close"] as const;

export type ComparisonColumn = (typeof COLUMNS)[number];
export type Price = (typeof PRICES)[number];

export interface ComparisonQuery {
  readonly tag: string;
  /** Null: all runs that have the tag. */
  readonly runs: readonly string[] | null;
  readonly baseline: string | null;
  /** Null: as the writers say, or the tag's name. */
  readonly polarity: Polarity | null;
}

/** A few candles of each run: those of run `i` stand at `i * perRun`, filled up with NaN. */
export interface SmallCandles {
  readonly perRun: number;
  readonly prices: Readonly<Record<Price, Float64Array>>;
}

/** One tag of several runs: a row for each as parallel columns; a missing number is NaN. */
export interface Comparison {
  readonly tag: string;
  readonly polarity: Polarity;
  readonly unit: string | null;
  /** Of the candles that volatility and ATR go by: steps, the same for all runs. */
  readonly width: number;
  readonly exact: boolean;
  /** False while the server has still to look at some of the runs. */
  readonly isComplete: boolean;
  readonly baseline: string | null;
  readonly runs: readonly string[];
  readonly columns: Readonly<Record<ComparisonColumn, Float64Array>>;
  /** What a run has more than the baseline; all NaN where there is none. */
  readonly difference: { readonly last: Float64Array; readonly best: Float64Array };
  readonly small: SmallCandles;
}

/** `comparison?format=safetensors&wait=1&tag=loss&run=a&run=b&baseline=a` */
export function comparisonPath({ tag, runs, baseline, polarity }: ComparisonQuery): string {
  const parameters = new URLSearchParams({ format: "safetensors", wait: "1", tag });
  for (const run of runs ?? []) parameters.append("run", run);
  if (baseline !== null) parameters.set("baseline", baseline);
  if (polarity !== null) parameters.set("polarity", polarity);
  return `comparison?${parameters}`;
}

export function decodeComparison(body: ArrayBuffer): Comparison {
  const tensors = decodeSafetensors(body);
  const head = asRecord(asArray(JSON.parse(tensors.metadata.comparison ?? "null"))[0]);
  const runs = asArray(asRecord(head.texts).run).map(asText);
  const missing = () => new Float64Array(runs.length).fill(Number.NaN);
  const columns = decodeColumns(tensors, COLUMNS, "");
  return {
    tag: asText(head.tag),
    polarity: decodePolarity(head.polarity),
    unit: decodeUnit(head.unit),
    width: asNumber(head.width),
    exact: head.exact !== false,
    isComplete: head.is_complete !== false && !columns.alerts.some(Number.isNaN),
    baseline: typeof head.baseline === "string" ? head.baseline : null,
    runs,
    columns,
    difference: {
      last: tensors.columns.get("last_difference") ?? missing(),
      best: tensors.columns.get("best_difference") ?? missing(),
    },
    small: decodeSmall(tensors, runs.length),
  };
}

function decodeSmall(tensors: Tensors, runs: number): SmallCandles {
  const prices = decodeColumns(tensors, PRICES, "candles.");
  return { perRun: runs === 0 ? 0 : prices.open.length / runs, prices };
}

function decodeColumns<Name extends string>(
  { columns }: Tensors,
  names: readonly Name[],
  prefix: string,
): Record<Name, Float64Array> {
  const column = (name: Name): [Name, Float64Array] => {
    const values = columns.get(prefix + name);
    if (values === undefined) throw new BadAnswer(`column ${prefix}${name} is missing`);
    return [name, values];
  };
  return Object.fromEntries(names.map(column)) as Record<Name, Float64Array>;
}
