/** Columns of prices, one row for each candle. */
export interface Prices {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/**
 * Candles averaged over their past, which make a trend easier to see (Valcu 2004, "Using the Heikin-Ashi
 * technique", Stocks & Commodities 22:2): close = (o + h + l + c) / 4, open = the middle of the body before.
 * The first body opens in the middle of its own candle. What came before is forgotten by half with each
 * candle, so that after `HEIKIN_ASHI_MEMORY` of them the same candle comes out wherever one began.
 */
export function heikinAshi({ open, high, low, close }: Prices): Prices {
  const rows = close.length;
  const made = { open: column(rows), high: column(rows), low: column(rows), close: column(rows) };
  let [before, after] = [Number.NaN, Number.NaN];
  for (let row = 0; row < rows; row++) {
    const [o, h, l, c] = [at(open, row), at(high, row), at(low, row), at(close, row)];
    const closing = (o + h + l + c) / 4;
    const opening = Number.isNaN(before) ? (o + c) / 2 : (before + after) / 2;
    made.open[row] = opening;
    made.close[row] = closing;
    made.high[row] = Math.max(h, opening, closing);
    made.low[row] = Math.min(l, opening, closing);
    // A candle of nothing but NaN has no body to go on from.
    if (!Number.isNaN(closing)) [before, after] = [opening, closing];
  }
  return made;
}

/** Half to the power of so many is less than a double can tell. */
export const HEIKIN_ASHI_MEMORY = 64;

const column = (rows: number): Float64Array => new Float64Array(rows);

const at = (values: Float64Array, row: number): number => values[row] ?? Number.NaN;
