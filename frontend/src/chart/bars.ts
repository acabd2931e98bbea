import type { CandlestickData, HistogramData, LineData, WhitespaceData } from "lightweight-charts";
import type { Candles } from "../api/types.ts";
import { bucketStart, type Grid } from "../base/grid.ts";
import { direction } from "../base/polarity.ts";
import type { ChartTheme } from "./theme.ts";

const UNSEEN = "rgba(0, 0, 0, 0)";

export type PriceScale = "linear" | "log";

/** The chart library's own log scale bends below 1e-4, so a log chart is fed log10 of the prices. */
export const toPlotted = (price: number, scale: PriceScale): number =>
  scale === "log" ? Math.log10(price) : price;

export const fromPlotted = (plotted: number, scale: PriceScale): number =>
  scale === "log" ? 10 ** plotted : plotted;

export interface Bars {
  readonly candles: CandlestickData<number>[];
  readonly volume: HistogramData<number>[];
  /** Closes, joined by a thread where candles are single points and have no bodies to join; it breaks where a
   * candle can't be drawn. */
  readonly closes: LineData<number>[];
  /** Buckets that hold NaN or infinite points. */
  readonly nonfinite: number[];
  /** Candles that reach zero or below, which no log scale can show. */
  readonly clipped: number;
}

/** Start of a row's bucket, as the grid computes it, so that equal buckets are equal numbers. */
const gridX = (grid: Grid, x: number): number => bucketStart(grid, Math.round(x / grid.width) - grid.first);

export function barsOf(candles: Candles, grid: Grid, scale: PriceScale, theme: ChartTheme): Bars {
  const { x, open, high, low, close, nonfinite, volume } = candles.columns;
  const floor = scale === "log" ? smallestPositive(candles) : Number.NEGATIVE_INFINITY;
  const bars: Bars = { candles: [], volume: [], closes: [], nonfinite: [], clipped: 0 };
  let clipped = 0;
  for (let row = 0; row < x.length; row++) {
    const time = gridX(grid, at(x, row));
    if (at(nonfinite, row) > 0) bars.nonfinite.push(time);
    if (Number.isFinite(at(volume, row))) bars.volume.push({ time, value: at(volume, row) });
    if (at(low, row) < floor) clipped += 1;
    if (!(at(high, row) >= floor)) {
      breakAfter(bars.closes);
      continue;
    }
    const plotted = (prices: Float64Array) => toPlotted(Math.max(floor, at(prices, row)), scale);
    const colour = theme.candle[direction(at(open, row), at(close, row), candles.polarity)];
    const bar = { open: plotted(open), high: plotted(high), low: plotted(low), close: plotted(close) };
    const better = colour === theme.candle.better;
    bars.candles.push({
      time,
      ...bar,
      color: better ? theme.background : colour,
      borderColor: colour,
      wickColor: colour,
    });
    bars.closes.push({ time, value: bar.close });
  }
  return { ...bars, clipped };
}

/** The part of a line after a point has that point's colour. */
function breakAfter(line: LineData<number>[]): void {
  const last = line.at(-1);
  if (last) line[line.length - 1] = { ...last, color: UNSEEN };
}

export function closeLine(candles: Candles, grid: Grid, scale: PriceScale): LineData<number>[] {
  const { x, close } = candles.columns;
  const line: LineData<number>[] = [];
  for (let row = 0; row < x.length; row++) {
    const value = toPlotted(at(close, row), scale);
    if (Number.isFinite(value)) line.push({ time: gridX(grid, at(x, row)), value });
  }
  return line;
}

/** One point for every bucket, so that empty buckets take their place on the axis too. */
export function gridPoints(grid: Grid): (LineData<number> | WhitespaceData<number>)[] {
  return Array.from({ length: grid.count }, (_, i) => ({ time: bucketStart(grid, i), value: 0 }));
}

/** Whether most candles are one point each: then they are dashes that only a line can join. */
export function mostlySinglePoints(candles: Candles): boolean {
  const { count } = candles.columns;
  const single = count.reduce((total, points) => total + (points === 1 ? 1 : 0), 0);
  return count.length > 0 && single >= count.length / 2;
}

function smallestPositive(candles: Candles): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (const prices of [
    candles.columns.low,
    candles.columns.close,
    candles.columns.open,
    candles.columns.high,
  ]) {
    for (const price of prices) if (price > 0 && price < smallest) smallest = price;
  }
  return smallest;
}

const at = (column: Float64Array, row: number): number => column[row] ?? Number.NaN;
