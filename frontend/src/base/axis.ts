/** What the horizontal axis counts; the names are those of the wire (`by=`). */
export type Axis = "steps" | "epochs" | "seconds";

export const AXES: readonly Axis[] = ["steps", "epochs", "seconds"];

/** What points may lie along; candles are not cut by the time of day. */
export type LineAxis = Axis | "wall_time";

export const LINE_AXES: readonly LineAxis[] = [...AXES, "wall_time"];

/** A half-open stretch [from, to) of the axis, in steps, epochs or seconds. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export const span = (range: Range): number => range.to - range.from;

export const overlaps = (a: Range, b: Range): boolean => a.from < b.to && b.from < a.to;

/** Whether two ranges look the same: they differ by less than a thousandth of a pixel ever would. */
export const isNear = (a: Range, b: Range): boolean =>
  Math.max(Math.abs(a.from - b.from), Math.abs(a.to - b.to)) < span(a) * 1e-7;

/** The narrowest candle an axis can have; steps and epochs are whole, seconds go down to a millisecond. */
export const narrowestWidth = (axis: Axis): number => (axis === "seconds" ? 0.001 : 1);

/** From the least to the most of what is finite, however many there are; null where nothing is. */
export function extentOf(values: Iterable<number>): Range | null {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const one of values) {
    if (!Number.isFinite(one)) continue;
    if (one < from) from = one;
    if (one > to) to = one;
  }
  return from <= to ? { from, to } : null;
}

export function union(ranges: readonly Range[]): Range | null {
  if (ranges.length === 0) return null;
  const from = Math.min(...ranges.map((range) => range.from));
  const to = Math.max(...ranges.map((range) => range.to));
  return { from, to };
}
