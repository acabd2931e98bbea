import { CHANGES, type Change, type Method } from "../base/correlations.ts";
import { BadAnswer } from "./errors.ts";
import { asArray, asCount, asNumber, asRecord, asText } from "./json.ts";
import { decodeProgressOf, type Progress } from "./progress.ts";
import { decodeSafetensors, type Tensors } from "./safetensors.ts";
import type { Series } from "./types.ts";

export interface CorrelationQuery {
  readonly series: readonly Series[];
  readonly method: Method;
  readonly of: Change;
  /** In common steps, either way; 0: none is searched for. */
  readonly maxLag: number;
}

const MATRICES = [
  "value",
  "lag",
  "lag_steps",
  "points",
  "effective_points",
  "extreme_share",
  "p_independent",
  "p",
  "p_holm",
  "p_bh",
  "width",
] as const;

export type MatrixName = (typeof MATRICES)[number];

/** Square matrices row by row; what is not known is NaN. */
export interface Correlations {
  readonly series: readonly Series[];
  readonly of: Change;
  readonly maxLag: number;
  /** Every common step was compared; false where closes of candles were. */
  readonly isEveryStep: boolean;
  /** Rows, those that are alike beside each other. */
  readonly order: readonly number[];
  readonly matrices: Readonly<Record<MatrixName, Float64Array>>;
}

export interface CorrelationAnswer {
  readonly progress: Progress | null;
  readonly found: Correlations | null;
}

/** `correlation?format=safetensors&method=pearson&of=raw&run=a&tag=loss&run=a&tag=lr` */
export function correlationPath({ series, method, of, maxLag }: CorrelationQuery): string {
  const parameters = new URLSearchParams({ format: "safetensors", method, of });
  if (maxLag > 0) parameters.set("max_lag", String(maxLag));
  return `correlation?${withSeries(parameters, series)}`;
}

function withSeries(parameters: URLSearchParams, series: readonly Series[]): URLSearchParams {
  for (const { run, tag } of series) {
    parameters.append("run", run);
    parameters.append("tag", tag);
  }
  return parameters;
}

export function decodeCorrelation(body: ArrayBuffer): CorrelationAnswer {
  const tensors = decodeSafetensors(body);
  const [item] = asArray(JSON.parse(tensors.metadata.correlation ?? "null"));
  return {
    progress: decodeProgressOf({ progress: JSON.parse(tensors.metadata.progress ?? "null") }),
    found: item === undefined ? null : decodeMatrices(asRecord(item), tensors),
  };
}

function decodeMatrices(item: Record<string, unknown>, { columns }: Tensors): Correlations {
  const texts = asRecord(item.texts);
  const tags = asArray(texts.tag).map(asText);
  const series = asArray(texts.run).map((run, i) => ({ run: asText(run), tag: tags[i] ?? "" }));
  const matrix = (name: MatrixName): [MatrixName, Float64Array] => {
    const values = columns.get(name);
    if (values?.length !== series.length ** 2) throw new BadAnswer(`matrix ${name} is missing or cut short`);
    return [name, values];
  };
  return {
    series,
    of: CHANGES.find((one) => one === item.of) ?? "raw",
    maxLag: asCount(item.max_lag),
    isEveryStep: item.exact === true,
    order: asArray(item.order).map(asCount),
    matrices: Object.fromEntries(MATRICES.map(matrix)) as Record<MatrixName, Float64Array>,
  };
}

export interface PairQuery {
  readonly of: Change;
  readonly series: readonly [Series, Series];
  /** The second is looked at so many points later. */
  readonly lag: number;
}

/** Two series against each other, and the line through all of their points. */
export interface PairPoints {
  readonly progress: Progress | null;
  readonly series: readonly Series[];
  readonly of: Change;
  readonly lag: number;
  /** How many the line was put through; fewer may be here. */
  readonly points: number;
  /** NaN where there is no line. */
  readonly slope: number;
  readonly intercept: number;
  readonly step: Float64Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** `correlation/points?format=safetensors&of=raw&lag=3&run=a&tag=loss&run=a&tag=lr` */
export function pairPath({ of, series, lag }: PairQuery): string {
  const parameters = new URLSearchParams({ format: "safetensors", of, lag: String(lag) });
  return `correlation/points?${withSeries(parameters, series)}`;
}

export function decodePair(body: ArrayBuffer): PairPoints {
  const { metadata, columns } = decodeSafetensors(body);
  const item = asRecord(asArray(JSON.parse(metadata.points ?? "null"))[0]);
  const tags = asArray(item.tags).map(asText);
  const column = (name: string): Float64Array => {
    const values = columns.get(name);
    if (values === undefined) throw new BadAnswer(`column ${name} is missing`);
    return values;
  };
  return {
    progress: null,
    series: asArray(item.runs).map((run, i) => ({ run: asText(run), tag: tags[i] ?? "" })),
    of: CHANGES.find((one) => one === item.of) ?? "raw",
    lag: asNumber(item.lag),
    points: asCount(item.points),
    slope: asNumber(item.slope),
    intercept: asNumber(item.intercept),
    step: column("step"),
    x: column("x"),
    y: column("y"),
  };
}
