import type { AutoscaleInfo } from "lightweight-charts";
import type { Candles } from "../api/types.ts";
import type { Range } from "../base/axis.ts";
import type { Polarity } from "../base/polarity.ts";
import type { PriceScale } from "../base/priceScale.ts";
import { type Bars, barsOf, mostlySinglePoints, rowFrom, type Style } from "./bars.ts";

export const MODES = ["focus", "side", "each"] as const;

/** How several runs share a chart: one as candles and the rest as lines, side by side, or a pane for each. */
export type Mode = (typeof MODES)[number];

/** More candles than this can't share a bucket and be told apart. */
export const MOST_SIDE_BY_SIDE = 4;

/** One run of a chart. */
export interface DrawnRun {
  readonly candles: Candles;
  readonly colour: string;
  /** Null: neither way is better. */
  readonly polarity: Polarity | null;
}

/** What prices are fitted to: all of every candle, or the bodies, which one spike does not flatten. */
export type PriceFit = "wicks" | "bodies";

/** A run as it is drawn. */
export interface Strand {
  readonly run: DrawnRun;
  readonly bars: Bars;
  /** Lines have a band from low to high behind them. */
  readonly shape: "candles" | "bars" | "line";
  /** Candles of single points hang on a thread. */
  readonly threaded: boolean;
  readonly slot: number;
  readonly slots: number;
}

interface Look {
  readonly style: Style;
  readonly mode: Mode;
  readonly scale: PriceScale;
}

/** What is drawn in each pane, the run in focus first. */
export function strandsOf(runs: readonly DrawnRun[], look: Look): Strand[][] {
  if (look.mode === "each") return runs.map((run) => [strand(run, look, look.style, 0, 1)]);
  if (look.mode === "side") {
    const shown = runs.slice(0, MOST_SIDE_BY_SIDE);
    return [shown.map((run, i) => strand(run, look, look.style, i, shown.length))];
  }
  return [runs.map((run, i) => strand(run, look, i === 0 ? look.style : "line", 0, 1))];
}

function strand(run: DrawnRun, { scale }: Look, style: Style, slot: number, slots: number): Strand {
  const bars = keptBars(run.candles, scale, style);
  const shape = style === "heikin-ashi" ? "candles" : style;
  const threaded = slots === 1 && shape !== "line" && mostlySinglePoints(run.candles);
  return { run, bars, shape, threaded, slot, slots };
}

// Candles are never changed: what was made of them is good for as long as they are.
const kept = new WeakMap<Candles, Map<string, Bars>>();

function keptBars(candles: Candles, scale: PriceScale, style: Style): Bars {
  const made = kept.get(candles) ?? new Map<string, Bars>();
  kept.set(candles, made);
  // All styles but one draw the same prices.
  const key = `${scale} ${style === "heikin-ashi"}`;
  const bars = made.get(key) ?? barsOf(candles, scale, style);
  made.set(key, bars);
  return bars;
}

/** The prices that are in sight, as they are plotted; null where there are none. */
export function roomFor(strands: readonly Strand[], fit: PriceFit, view: Range): AutoscaleInfo | null {
  let [minValue, maxValue] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { bars, shape, run } of strands) {
    const { low, high, open, close } = bars;
    const body = shape === "line" ? close : open;
    const [lower, upper] = fit === "wicks" ? [low, high] : [body, close];
    const end = rowFrom(bars, view.to / run.candles.width);
    for (let row = rowFrom(bars, Math.floor(view.from / run.candles.width)); row < end; row++) {
      const [a, b] = [lower[row] ?? Number.NaN, upper[row] ?? Number.NaN];
      minValue = Math.min(minValue, a, b);
      maxValue = Math.max(maxValue, a, b);
    }
  }
  return minValue <= maxValue ? { priceRange: { minValue, maxValue } } : null;
}
