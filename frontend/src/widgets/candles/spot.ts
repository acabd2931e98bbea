import type { Candles } from "../../api/types.ts";
import type { Range } from "../../base/axis.ts";
import type { Extreme } from "../../chart/touch.ts";

/** A stretch of steps that the chart has gone to, and marks. */
export interface Spot {
  readonly run: string;
  readonly steps: Range;
  /** The end of a wick, where it is one. */
  readonly found: { readonly extreme: Extreme; readonly value: number; readonly unit: string | null } | null;
  /** To catch the eye of who asked for it elsewhere. */
  readonly blinks: boolean;
}

const SPANS_ACROSS = 5;

/** Where steps lie on the axis of candles; null where these hold none of them. */
export function placeOfSteps(candles: Candles, steps: Range): Range | null {
  if (candles.by === "steps") return steps;
  const { x, first_step: first, last_step: last } = candles.columns;
  const rows = [...x.keys()].filter((row) => at(last, row) >= steps.from && at(first, row) < steps.to);
  const [begin, end] = [rows[0], rows.at(-1)];
  if (begin === undefined || end === undefined) return null;
  return { from: at(x, begin), to: at(x, end) + candles.width };
}

/** Where the candle begins that holds the first of those steps; null where none does. */
export function bucketOfSteps(candles: Candles, { from }: Range): number | null {
  const { x, first_step: first, last_step: last } = candles.columns;
  const row = x.findIndex((_, i) => at(last, i) >= from);
  return row >= 0 && at(first, row) <= from ? at(x, row) : null;
}

/** A view with a place in its middle and something on both sides, at least so wide. */
export function viewAround(place: Range, least: number): Range {
  const middle = (place.from + place.to) / 2;
  const half = Math.max(least, SPANS_ACROSS * (place.to - place.from)) / 2;
  return { from: middle - half, to: middle + half };
}

/** The end of the longer wick: what a candle is looked at for. */
export function longerWick(candles: Candles, row: number): Extreme {
  const { open, high, low, close } = candles.columns;
  const above = at(high, row) - Math.max(at(open, row), at(close, row));
  const below = Math.min(at(open, row), at(close, row)) - at(low, row);
  return above >= below ? "high" : "low";
}

/** What lies at the end of a candle's wick; null where the candle has none. */
export function spotOf(candles: Candles, row: number, extreme: Extreme): Spot | null {
  const step = at(candles.columns[extreme === "high" ? "high_step" : "low_step"], row);
  const value = at(candles.columns[extreme], row);
  if (!Number.isFinite(step) || !Number.isFinite(value)) return null;
  const found = { extreme, value, unit: candles.unit };
  return { run: candles.run, steps: { from: step, to: step + 1 }, found, blinks: false };
}

const at = (column: Float64Array, row: number): number => column[row] ?? Number.NaN;
