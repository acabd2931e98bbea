import type { CandleColumn, Candles } from "../../api/types.ts";
import type { Range } from "../../base/axis.ts";
import { bucketAt } from "../../base/grid.ts";
import { lastRowUpTo } from "../../base/rows.ts";

/** One candle as the read-out shows it; `row` is -1 where its bucket holds no points. */
export interface Reading {
  readonly bucket: number;
  readonly row: number;
  readonly candles: Candles;
}

export const columnOf = ({ candles, row }: Reading, column: CandleColumn): number =>
  candles.columns[column][row] ?? Number.NaN;

export const isSameReading = (a: Reading | null, b: Reading | null): boolean =>
  a?.candles === b?.candles && a?.row === b?.row && a?.bucket === b?.bucket;

/**
 * The candle under the crosshair, or the last one in view while there is no crosshair. The crosshair may have been put
 * where it is among candles of another width.
 */
export function readingAt(candles: Candles, cursor: number | null, view: Range | null): Reading | null {
  const { x } = candles.columns;
  const half = candles.width / 2;
  if (cursor === null) {
    const row = lastRowUpTo(x, (view?.to ?? Number.POSITIVE_INFINITY) - half);
    return row < 0 ? null : { bucket: x[row] ?? 0, row, candles };
  }
  const bucket = bucketAt(cursor, candles.width) * candles.width;
  const row = lastRowUpTo(x, bucket + half);
  const hit = row >= 0 && Math.abs((x[row] ?? 0) - bucket) < half;
  return { bucket, row: hit ? row : -1, candles };
}

/** The candle so many candles from where the crosshair is; from nowhere it starts at the end. */
export function neighbour(candles: Candles, from: number | null, move: number): number | null {
  const { x } = candles.columns;
  if (x.length === 0) return null;
  const { width } = candles;
  const row = from === null ? x.length - 1 : lastRowUpTo(x, (bucketAt(from, width) + 0.5) * width) + move;
  return x[Math.max(0, Math.min(x.length - 1, row))] ?? null;
}
