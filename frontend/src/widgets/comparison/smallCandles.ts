import type { Price, SmallCandles } from "../../api/comparison.ts";
import { type Direction, direction, type Polarity } from "../../base/polarity.ts";

export const SMALL_WIDTH_PX = 150;
export const SMALL_HEIGHT_PX = 30;

const MOST_CANDLES = 24;
const SLOT_PX = SMALL_WIDTH_PX / MOST_CANDLES;
const BODY_PX = 4;
// Room for half of a line that runs along the edge.
const EDGE_PX = 1;

export interface Prices {
  readonly low: number;
  readonly high: number;
}

/** What the candles of these rows reach over; null where there are none. */
export function pricesOf({ perRun, prices }: SmallCandles, rows: readonly number[]): Prices | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    for (let i = row * perRun; i < (row + 1) * perRun; i++) {
      // Comparisons with NaN, which stands for no candle, are false.
      if ((prices.low[i] ?? Number.NaN) < low) low = prices.low[i] ?? low;
      if ((prices.high[i] ?? Number.NaN) > high) high = prices.high[i] ?? high;
    }
  }
  return low <= high ? { low, high } : null;
}

/** How many candles a row has: they stand before the missing ones. */
export function countOf({ perRun, prices }: SmallCandles, row: number): number {
  const missing = prices.close.subarray(row * perRun, (row + 1) * perRun).findIndex(Number.isNaN);
  return missing < 0 ? perRun : missing;
}

/** Paths of an SVG for the candles of one row, by what they mean; wicks end at the body, which may be hollow. */
export function pathsOf(
  small: SmallCandles,
  row: number,
  scale: Prices,
  polarity: Polarity,
): Readonly<Record<Direction, string>> {
  const paths = { better: "", worse: "", same: "" };
  const y = scaler(scale);
  const price = (name: Price, i: number) => small.prices[name][row * small.perRun + i] ?? Number.NaN;
  for (let i = 0; i < countOf(small, row); i++) {
    const [open, close] = [price("open", i), price("close", i)];
    const path = candlePath(SLOT_PX * (i + 0.5), {
      high: y(price("high", i)),
      low: y(price("low", i)),
      top: y(Math.max(open, close)),
      bottom: y(Math.min(open, close)),
    });
    paths[direction(open, close, polarity)] += path;
  }
  return paths;
}

interface Heights {
  readonly high: number;
  readonly top: number;
  readonly bottom: number;
  readonly low: number;
}

function candlePath(x: number, { high, top, bottom, low }: Heights): string {
  const [left, right] = [px(x - BODY_PX / 2), px(x + BODY_PX / 2)];
  const wicks = `M${px(x)} ${px(high)}V${px(top)}M${px(x)} ${px(bottom)}V${px(low)}`;
  return `${wicks}M${left} ${px(top)}H${right}V${px(bottom)}H${left}Z`;
}

function scaler({ low, high }: Prices): (price: number) => number {
  const room = SMALL_HEIGHT_PX - 2 * EDGE_PX;
  // Halved first: the span of the two may not fit.
  const span = high / 2 - low / 2;
  return (price) => (span > 0 ? EDGE_PX + ((high / 2 - price / 2) / span) * room : SMALL_HEIGHT_PX / 2);
}

const px = (value: number): string => String(Math.round(value * 10) / 10);
