import type { Polarity } from "../base/polarity.ts";
import { BadAnswer } from "./errors.ts";
import { asArray, asCount, asNumber, asRecord, asText, isRecord } from "./json.ts";
import { decodeProgressOf, type Progress } from "./progress.ts";
import { decodePolarity, decodeUnit } from "./runs.ts";
import { decodeSafetensors, type Tensors } from "./safetensors.ts";
import type { Series } from "./types.ts";

export interface ConvergenceQuery {
  readonly series: readonly Series[];
  /** How far ahead is told of, in spans of each series. */
  readonly ahead: number;
  /** Of early stopping, in evaluations. */
  readonly patience: number;
  /** Null: as the writers say, or the tags' names. */
  readonly polarity: Polarity | null;
}

const VERDICTS = [
  "converged",
  "converging",
  "straight",
  "flat",
  "turned",
  "unlike",
  "nonfinite",
  "too-few",
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A number in an interval; NaN where it is not known. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What the fitted curve tells. */
export interface Outlook {
  readonly model: string;
  readonly asymptote: Estimate;
  readonly level: Estimate;
  readonly final: Estimate;
  readonly convergedStep: Estimate;
  readonly halfLife: Estimate;
  readonly gapClosed: number;
  readonly noise: number;
}

const COLUMNS = ["step", "value", "lowest", "highest", "count", "curve", "low", "high"] as const;
type ColumnName = (typeof COLUMNS)[number];

/** Where one series is going. */
export interface Convergence extends Series {
  readonly unit: string | null;
  readonly polarity: Polarity;
  readonly verdict: Verdict;
  /** The most important one first. */
  readonly sentences: readonly string[];
  readonly points: number;
  readonly firstStep: number;
  readonly lastStep: number;
  readonly horizon: number;
  readonly bestStep: number;
  readonly bestValue: number;
  /** Where early stopping would have ended; NaN where it would not yet. */
  readonly stopStep: number;
  /** Null where no curve was fitted. */
  readonly outlook: Outlook | null;
  readonly columns: Readonly<Record<ColumnName, Float64Array>>;
}

export interface ConvergenceAnswer {
  readonly progress: Progress | null;
  readonly series: readonly Convergence[];
}

/** `convergence?format=safetensors&ahead=1&patience=10&run=a&tag=loss` */
export function convergencePath({ series, ahead, patience, polarity }: ConvergenceQuery): string {
  const parameters = new URLSearchParams({
    format: "safetensors",
    ahead: String(ahead),
    patience: String(patience),
  });
  for (const { run, tag } of series) {
    parameters.append("run", run);
    parameters.append("tag", tag);
  }
  if (polarity !== null) parameters.set("polarity", polarity);
  return `convergence?${parameters}`;
}

export function decodeConvergence(body: ArrayBuffer): ConvergenceAnswer {
  const tensors = decodeSafetensors(body);
  const items = asArray(JSON.parse(tensors.metadata.convergence ?? "null"));
  return {
    progress: decodeProgressOf({ progress: JSON.parse(tensors.metadata.progress ?? "null") }),
    series: items.map((item, i) => decodeOne(asRecord(item), tensors, items.length === 1 ? "" : `${i}/`)),
  };
}

function decodeOne(item: Record<string, unknown>, { columns }: Tensors, prefix: string): Convergence {
  const best = asRecord(item.best);
  const column = (name: ColumnName): [ColumnName, Float64Array] => {
    const values = columns.get(prefix + name);
    if (values === undefined) throw new BadAnswer(`column ${name} is missing`);
    return [name, values];
  };
  return {
    run: asText(item.run),
    tag: asText(item.tag),
    unit: decodeUnit(item.unit),
    polarity: decodePolarity(item.polarity),
    verdict: VERDICTS.find((one) => one === item.verdict) ?? "too-few",
    sentences: asArray(item.sentences).map(asText),
    points: asCount(item.points),
    firstStep: asCount(item.first_step),
    lastStep: asCount(item.last_step),
    horizon: asCount(item.horizon),
    bestStep: asNumber(best.step),
    bestValue: asNumber(best.value),
    stopStep: asNumber(best.stop_step),
    outlook: isRecord(item.outlook) ? decodeOutlook(item.outlook) : null,
    columns: Object.fromEntries(COLUMNS.map(column)) as Record<ColumnName, Float64Array>,
  };
}

const decodeOutlook = (item: Record<string, unknown>): Outlook => ({
  model: asText(item.model),
  asymptote: decodeEstimate(item.asymptote),
  level: decodeEstimate(item.level),
  final: decodeEstimate(item.final),
  convergedStep: decodeEstimate(item.converged_step),
  halfLife: decodeEstimate(item.half_life),
  gapClosed: asNumber(item.gap_closed),
  noise: asNumber(item.noise),
});

function decodeEstimate(item: unknown): Estimate {
  const [value, low, high] = asArray(item).map(asNumber);
  return { value: value ?? Number.NaN, low: low ?? Number.NaN, high: high ?? Number.NaN };
}
