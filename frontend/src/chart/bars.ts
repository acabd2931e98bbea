import type { Candles } from "../api/types.ts";
import { heikinAshi, type Prices } from "../base/heikinAshi.ts";
import { type PriceScale, toPlotted } from "../base/priceScale.ts";

export const STYLES = ["candles", "heikin-ashi", "bars", "line"] as const;

/** What one candle looks like. */
export type Style = (typeof STYLES)[number];

/** Candles that can be drawn, as they are plotted: parallel columns in the order of the axis. */
export interface Bars extends Prices {
  /** Number of the bucket: it begins at this times the width. */
  readonly bucket: Float64Array;
  /** 0 where a line through the closes is broken before the row. */
  readonly joined: Uint8Array;
  /** 1 where a row is one point: what it is better or worse than is the row before. */
  readonly single: Uint8Array;
  /** Candles that reach zero or below, which no log scale can show. */
  readonly clipped: number;
}

export function barsOf(candles: Candles, scale: PriceScale, style: Style): Bars {
  const { x } = candles.columns;
  const prices = style === "heikin-ashi" ? heikinAshi(candles.columns) : candles.columns;
  const floor = scale === "log" ? smallestPositive(candles.columns) : Number.NEGATIVE_INFINITY;
  const bars = emptyBars(x.length);
  let [rows, clipped, joined] = [0, 0, 0];
  for (let row = 0; row < x.length; row++) {
    if (at(prices.low, row) < floor) clipped += 1;
    const isDrawn = at(prices.high, row) >= floor;
    if (isDrawn) {
      bars.bucket[rows] = Math.round(at(x, row) / candles.width);
      bars.joined[rows] = joined;
      bars.single[rows] = style !== "heikin-ashi" && at(candles.columns.count, row) === 1 ? 1 : 0;
      for (const name of PRICES) {
        bars[name][rows] = toPlotted(Math.max(floor, at(prices[name], row)), scale);
      }
      rows += 1;
    }
    joined = isDrawn ? 1 : 0;
  }
  return { ...cutTo(bars, rows), clipped };
}

/** The first row whose bucket is at least this. */
export function rowFrom({ bucket }: Pick<Bars, "bucket">, least: number): number {
  let [low, high] = [0, bucket.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bucket[middle] ?? Number.POSITIVE_INFINITY) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What a row is better or worse than: its own open, or the point before where it is one point itself. */
export function comparedWith(bars: Bars, row: number): number {
  const hasBefore = bars.single[row] === 1 && bars.joined[row] === 1;
  return hasBefore ? at(bars.close, row - 1) : at(bars.open, row);
}

/** Whether most candles are one point each: then they are dots that only a line can join. */
export function mostlySinglePoints(candles: Candles): boolean {
  const { count } = candles.columns;
  const single = count.reduce((total, points) => total + (points === 1 ? 1 : 0), 0);
  return count.length > 0 && single >= count.length / 2;
}

/** Starts of the buckets that hold NaN or infinite points. */
export function nonFiniteBuckets({ columns, width }: Candles): number[] {
  const found: number[] = [];
  for (let row = 0; row < columns.x.length; row++) {
    if (at(columns.nonfinite, row) > 0) found.push(Math.round(at(columns.x, row) / width));
  }
  return found;
}

const PRICES = ["open", "high", "low", "close"] as const;

const emptyBars = (rows: number) => ({
  bucket: new Float64Array(rows),
  open: new Float64Array(rows),
  high: new Float64Array(rows),
  low: new Float64Array(rows),
  close: new Float64Array(rows),
  joined: new Uint8Array(rows),
  single: new Uint8Array(rows),
});

const cutTo = (bars: ReturnType<typeof emptyBars>, rows: number) => ({
  bucket: bars.bucket.subarray(0, rows),
  open: bars.open.subarray(0, rows),
  high: bars.high.subarray(0, rows),
  low: bars.low.subarray(0, rows),
  close: bars.close.subarray(0, rows),
  joined: bars.joined.subarray(0, rows),
  single: bars.single.subarray(0, rows),
});

function smallestPositive(prices: Prices): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (const name of PRICES) {
    for (const price of prices[name]) if (price > 0 && price < smallest) smallest = price;
  }
  return smallest;
}

const at = (column: Float64Array, row: number): number => column[row] ?? Number.NaN;
