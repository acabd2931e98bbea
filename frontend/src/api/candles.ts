import { AXES, type Axis, type Range } from "../base/axis.ts";
import { BadAnswer } from "./errors.ts";
import { asArray, asCount, asNumber, asRecord, asText } from "./json.ts";
import { decodePolarity, decodeUnit } from "./runs.ts";
import { decodeSafetensors, type Tensors } from "./safetensors.ts";
import {
  CANDLE_COLUMNS,
  type CandleColumn,
  type CandleQuery,
  type Candles,
  type Extras,
  type FoundPattern,
  type PatternDirection,
} from "./types.ts";

/** `candles?format=safetensors&run=a&tag=loss&by=steps&width=100&start=0&end=5000&limit=10000` */
export function candlesPath(query: CandleQuery): string {
  const parameters = new URLSearchParams({ format: "safetensors", by: query.by });
  for (const { run, tag } of query.series) {
    parameters.append("run", run);
    parameters.append("tag", tag);
  }
  if (query.width !== undefined) parameters.set("width", String(query.width));
  if (query.window !== undefined) {
    parameters.set("start", String(query.window.from));
    parameters.set("end", String(query.window.to));
  }
  if (query.stepsPerEpoch) parameters.set("steps_per_epoch", String(query.stepsPerEpoch));
  if (query.extras) setExtras(parameters, query.extras);
  parameters.set("limit", String(query.limit));
  return `candles?${parameters}`;
}

function setExtras(parameters: URLSearchParams, { indicators, patterns, polarity }: Extras): void {
  if (indicators.length > 0) parameters.set("indicators", indicators.join(","));
  if (patterns) parameters.set("patterns", "all");
  if (polarity !== null) parameters.set("polarity", polarity);
}

/** The series of an answer, in the order in which they were asked for. */
export function decodeCandles(body: ArrayBuffer): Candles[] {
  const tensors = decodeSafetensors(body);
  const items = asArray(JSON.parse(tensors.metadata.candles ?? "null"));
  return items.map((item, index) => {
    const prefix = items.length === 1 ? "" : `${index}/`;
    return decodeItem(asRecord(item), tensors, prefix);
  });
}

function decodeItem(item: Record<string, unknown>, tensors: Tensors, prefix: string): Candles {
  return {
    run: asText(item.run),
    tag: asText(item.tag),
    by: decodeAxis(item.by),
    width: asNumber(item.width),
    exact: item.exact !== false,
    points: asCount(item.points),
    polarity: decodePolarity(item.polarity),
    unit: decodeUnit(item.unit),
    volume: asText(item.volume),
    extent: decodeExtent(item.extent),
    columns: decodeColumns(tensors, prefix),
    indicators: decodeIndicatorColumns(tensors, prefix),
    patterns: asArray(item.patterns).map((pattern) => decodePattern(asRecord(pattern))),
  };
}

function decodeColumns(tensors: Tensors, prefix: string): Record<CandleColumn, Float64Array> {
  const column = (name: CandleColumn): [CandleColumn, Float64Array] => {
    const values = tensors.columns.get(prefix + name);
    if (values === undefined) throw new BadAnswer(`column ${name} is missing`);
    return [name, values];
  };
  return Object.fromEntries(CANDLE_COLUMNS.map(column)) as Record<CandleColumn, Float64Array>;
}

const OWN_COLUMNS: ReadonlySet<string> = new Set(CANDLE_COLUMNS);

/** All columns beyond a candle's own: their names depend on what was asked for. */
function decodeIndicatorColumns({ columns }: Tensors, prefix: string): Map<string, Float64Array> {
  const found = new Map<string, Float64Array>();
  for (const [key, values] of columns) {
    const name = key.slice(prefix.length);
    if (key.startsWith(prefix) && !OWN_COLUMNS.has(name)) found.set(name, values);
  }
  return found;
}

const DIRECTIONS: readonly PatternDirection[] = ["better", "worse", "neutral"];

const decodePattern = (pattern: Record<string, unknown>): FoundPattern => ({
  name: asText(pattern.name),
  title: asText(pattern.title),
  direction: DIRECTIONS.find((direction) => direction === pattern.direction) ?? "neutral",
  x: asNumber(pattern.x),
  firstX: asNumber(pattern.first_x),
  firstStep: asNumber(pattern.first_step),
  lastStep: asNumber(pattern.last_step),
});

function decodeAxis(value: unknown): Axis {
  const axis = AXES.find((name) => name === value);
  if (axis === undefined) throw new BadAnswer(`unknown axis ${String(value)}`);
  return axis;
}

function decodeExtent(value: unknown): Range {
  const [from, to] = asArray(value);
  return { from: asNumber(from), to: asNumber(to) };
}
