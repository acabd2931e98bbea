import type { Range } from "./axis.ts";

/**
 * The buckets [k·width, (k+1)·width) that every series of one chart shares, for k from `first` on.
 * A chart lays bars at ordinal positions, so only a grid without holes is true to scale.
 */
export interface Grid {
  readonly width: number;
  readonly first: number;
  readonly count: number;
}

// A quotient such as 0.3 / 0.1 falls a hair short of its whole number.
const TOLERANCE = 1e-9;

export function gridOver(range: Range, width: number): Grid {
  const first = Math.floor(range.from / width + TOLERANCE);
  const end = Math.ceil(range.to / width - TOLERANCE);
  return { width, first, count: Math.max(1, end - first) };
}

/** Number of the bucket that holds a place. */
export const bucketAt = (place: number, width: number): number => Math.floor(place / width + TOLERANCE);

/** Start of the grid's i-th bucket; computed one way only, so that equal buckets are equal numbers. */
export const bucketStart = (grid: Grid, index: number): number => (grid.first + index) * grid.width;

export const bucketIndex = (grid: Grid, x: number): number => bucketAt(x, grid.width) - grid.first;

export function gridRange(grid: Grid): Range {
  return { from: bucketStart(grid, 0), to: bucketStart(grid, grid.count) };
}

/** Logical positions of a chart have bar i at [i - ½, i + ½]; its visible range runs from half a bar in. */
export function toLogical(grid: Grid, range: Range): Range {
  const from = range.from / grid.width - grid.first;
  const to = range.to / grid.width - grid.first - 1;
  return { from, to: Math.max(from, to) };
}

export function fromLogical(grid: Grid, logical: Range): Range {
  return {
    from: (logical.from + grid.first) * grid.width,
    to: (logical.to + 1 + grid.first) * grid.width,
  };
}

/** For each bucket the row that fills it, or -1; `x` holds bucket starts in ascending order. */
export function rowsOnGrid(grid: Grid, x: Float64Array): Int32Array {
  const rows = new Int32Array(grid.count).fill(-1);
  for (let row = 0; row < x.length; row++) {
    const index = Math.round((x[row] ?? Number.NaN) / grid.width) - grid.first;
    if (index >= 0 && index < grid.count) rows[index] = row;
  }
  return rows;
}
