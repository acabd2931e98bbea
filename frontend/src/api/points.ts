import type { LineAxis, Range } from "../base/axis.ts";
import { BadAnswer } from "./errors.ts";
import { asArray, asCount, asNumber, asRecord, asText } from "./json.ts";
import { decodeUnit } from "./runs.ts";
import { decodeSafetensors, type Tensors } from "./safetensors.ts";
import type { Series } from "./types.ts";

export interface PointQuery {
  readonly series: readonly Series[];
  readonly by: LineAxis;
  readonly window?: Range;
  /** With the last point before the window and the first after it. */
  readonly neighbours?: boolean;
  /** Weight of an exponential moving average over all points. */
  readonly smooth?: number | null;
  readonly limit: number;
}

/** Points of one series as parallel columns, in the order of the axis; a missing number is NaN. */
export interface Points {
  readonly run: string;
  readonly tag: string;
  /** Whether every point of the window is there. */
  readonly exact: boolean;
  /** Of the whole series. */
  readonly points: number;
  readonly unit: string | null;
  readonly startTime: number;
  /** Where the whole series lies on the axis, beyond the window that was asked for. */
  readonly extent: Range;
  readonly step: Float64Array;
  readonly wallTime: Float64Array;
  readonly value: Float64Array;
  /** Points since the row before, this one too, that are NaN or infinite. */
  readonly nonfinite: Float64Array;
  /** With its fraction, where the run has epochs. */
  readonly epoch: Float64Array | null;
  readonly smoothed: Float64Array | null;
}

/** `points?format=safetensors&by=steps&run=a&tag=loss&start=0&end=5000&neighbours=1&limit=4000` */
export function pointsPath(query: PointQuery): string {
  const parameters = new URLSearchParams({ format: "safetensors", by: query.by });
  for (const { run, tag } of query.series) {
    parameters.append("run", run);
    parameters.append("tag", tag);
  }
  if (query.window !== undefined) {
    parameters.set("start", String(query.window.from));
    parameters.set("end", String(query.window.to));
  }
  if (query.neighbours) parameters.set("neighbours", "1");
  if (query.smooth) parameters.set("smooth", String(query.smooth));
  parameters.set("limit", String(query.limit));
  return `points?${parameters}`;
}

/** The series of an answer, in the order in which they were asked for. */
export function decodePoints(body: ArrayBuffer): Points[] {
  const tensors = decodeSafetensors(body);
  const items = asArray(JSON.parse(tensors.metadata.points ?? "null"));
  return items.map((item, index) => {
    const prefix = items.length === 1 ? "" : `${index}/`;
    return decodeItem(asRecord(item), tensors, prefix);
  });
}

function decodeItem(item: Record<string, unknown>, { columns }: Tensors, prefix: string): Points {
  const column = (name: string): Float64Array => {
    const values = columns.get(prefix + name);
    if (values === undefined) throw new BadAnswer(`column ${name} is missing`);
    return values;
  };
  const [from, to] = asArray(item.extent);
  return {
    run: asText(item.run),
    tag: asText(item.tag),
    exact: item.exact === true,
    points: asCount(item.points),
    unit: decodeUnit(item.unit),
    startTime: asNumber(item.start_time),
    extent: { from: asNumber(from), to: asNumber(to) },
    step: column("step"),
    wallTime: column("wall_time"),
    value: column("value"),
    nonfinite: column("nonfinite"),
    epoch: columns.get(`${prefix}epoch`) ?? null,
    smoothed: columns.get(`${prefix}smoothed`) ?? null,
  };
}
