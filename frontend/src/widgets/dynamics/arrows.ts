import type { Trajectory } from "../../api/trajectory.ts";
import type { Strand } from "./figure.ts";

const ARROWS = 8;
// Of the picture's cube, the longest arrow.
const LONGEST = 0.12;

export interface Arrows {
  /** Begin, end and a gap, one after the other, for each axis. */
  readonly shafts: readonly (readonly number[])[];
  readonly tips: readonly (readonly number[])[];
}

/** Momentum at a few points along what is drawn of a path: all arrows by one scale, the longest still short. */
export function arrowsOf({ path, place, end }: Strand, scale: number): Arrows {
  const rows = evenly(end, ARROWS).filter((row) => path.momentum.every((one) => Number.isFinite(one[row])));
  const tips = place.map((one, axis) =>
    rows.map((row) => (one[row] ?? Number.NaN) + scale * (path.momentum[axis]?.[row] ?? Number.NaN)),
  );
  return {
    tips,
    shafts: place.map((one, axis) =>
      rows.flatMap((row, i) => [one[row] ?? Number.NaN, tips[axis]?.[i] ?? Number.NaN, Number.NaN]),
    ),
  };
}

/** Steps that each arrow goes ahead, so that the longest of all paths is a small share of the picture. */
export function arrowScale(paths: readonly Trajectory[]): number {
  let longest = 0;
  for (const { momentum, extent, step } of paths) {
    for (const row of evenly(step.length, ARROWS)) {
      const squares = momentum.map((one, axis) => ((one[row] ?? 0) / (extent[axis] ?? 1)) ** 2);
      const length = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
      if (Number.isFinite(length)) longest = Math.max(longest, length);
    }
  }
  return longest > 0 ? LONGEST / longest : 0;
}

/** Rows from the second to the last, at most so many. */
function evenly(end: number, count: number): readonly number[] {
  const most = Math.min(count, end - 1);
  if (most <= 0) return [];
  return Array.from({ length: most }, (_, i) => Math.round(((i + 1) * (end - 1)) / most));
}
