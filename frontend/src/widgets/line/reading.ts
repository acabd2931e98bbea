import type { Points } from "../../api/points.ts";
import type { LineAxis, Range } from "../../base/axis.ts";
import { rowFrom } from "../../chart/lineGeometry.ts";

/** Places of points on an axis, computed as the server does. */
export function placesOf(points: Points, axis: LineAxis): Float64Array {
  if (axis === "steps") return points.step;
  if (axis === "wall_time") return points.wallTime;
  if (axis === "seconds") return points.wallTime.map((time) => time - points.startTime);
  return points.epoch ?? points.step.map(() => Number.NaN);
}

/** Where to look for points, and how near is near. */
export interface Probe {
  readonly place: number;
  readonly reach: number;
  /** How far the height of a value is from the pointer's, in the measure of `reach`. */
  readonly away: (value: number) => number;
}

/**
 * The row of the point that is meant by a place: the nearest within reach, by the pointer's height too, so that
 * pointing at the tip of a spike gives the spike; without one in reach, the nearest along the axis. -1: none.
 */
export function rowAt(place: Float64Array, value: Float64Array, { place: at, reach, away }: Probe): number {
  const [from, to] = [rowFrom(place, at - reach), rowFrom(place, at + reach)];
  let [best, least] = [-1, Number.POSITIVE_INFINITY];
  for (let row = from; row < to; row++) {
    const across = Math.abs((place[row] as number) - at);
    const one = value[row] as number;
    // What is not finite is meant only where nothing else is.
    const distance = Number.isFinite(one) ? Math.hypot(across, away(one)) : reach * 1e6 + across;
    if (distance < least) [best, least] = [row, distance];
  }
  return best >= 0 ? best : nearestRow(place, at);
}

function nearestRow(place: Float64Array, at: number): number {
  const after = rowFrom(place, at);
  const [left, right] = [place[after - 1], place[after]];
  if (left === undefined) return right === undefined ? -1 : after;
  return right === undefined || at - left <= right - at ? after - 1 : after;
}

/** Whether there are points in view that no log scale can show. */
export function hasBelowZero(
  { place, value }: { readonly place: Float64Array; readonly value: Float64Array },
  view: Range,
): boolean {
  const inView = value.subarray(rowFrom(place, view.from), rowFrom(place, view.to));
  return inView.some((one) => one <= 0 && Number.isFinite(one));
}

/** The last finite point in view; -1: none. */
export function lastRowIn(place: Float64Array, value: Float64Array, view: Range): number {
  const first = rowFrom(place, view.from);
  for (let row = rowFrom(place, view.to) - 1; row >= first; row--) {
    if (Number.isFinite(value[row])) return row;
  }
  return -1;
}
