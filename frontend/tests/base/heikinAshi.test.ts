import { expect, test } from "vitest";
import { HEIKIN_ASHI_MEMORY, heikinAshi, type Prices } from "../../src/base/heikinAshi.ts";

/** The same numbers on every machine: a linear congruential generator (Numerical Recipes). */
function* uniform(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

function walk(seed: number, rows: number): Prices {
  const random = uniform(seed);
  const next = () => random.next().value;
  const [open, high, low, close] = [0, 0, 0, 0].map(() => new Float64Array(rows)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let price = 10 ** (4 * next() - 2);
  for (let row = 0; row < rows; row++) {
    open[row] = price;
    price *= 0.7 + 0.6 * next();
    close[row] = price;
    high[row] = Math.max(open[row] ?? 0, price) * (1 + next());
    low[row] = Math.min(open[row] ?? 0, price) * (1 - next());
  }
  return { open, high, low, close };
}

const from = ({ open, high, low, close }: Prices, row: number): Prices => ({
  open: open.subarray(row),
  high: high.subarray(row),
  low: low.subarray(row),
  close: close.subarray(row),
});

const at = (column: Float64Array, row: number) => column[row] ?? Number.NaN;

test("the first candles by hand", () => {
  const made = heikinAshi({
    open: Float64Array.of(10, 12),
    high: Float64Array.of(14, 13),
    low: Float64Array.of(8, 11),
    close: Float64Array.of(12, 12),
  });
  expect([...made.close]).toEqual([11, 12]);
  expect([...made.open]).toEqual([11, 11]);
  expect([...made.high]).toEqual([14, 13]);
  expect([...made.low]).toEqual([8, 11]);
});

test("it is the recursion of its definition, and holds every extreme", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const prices = walk(seed, 60);
    const made = heikinAshi(prices);
    for (let row = 1; row < 60; row++) {
      expect(at(made.open, row)).toBe((at(made.open, row - 1) + at(made.close, row - 1)) / 2);
      expect(at(made.high, row)).toBeGreaterThanOrEqual(at(prices.high, row));
      expect(at(made.low, row)).toBeLessThanOrEqual(at(prices.low, row));
    }
  }
});

test("after so many candles it does not matter where the window began", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const prices = walk(seed, 200);
    const whole = heikinAshi(prices);
    const start = 17 + seed;
    const part = heikinAshi(from(prices, start));
    for (let row = start + HEIKIN_ASHI_MEMORY; row < 200; row++) {
      // As near as the scale of what was forgotten allows.
      const scale = Math.max(...prices.high.subarray(start, row));
      expect(Math.abs(at(part.open, row - start) - at(whole.open, row))).toBeLessThan(scale * 1e-15);
      expect(at(part.close, row - start)).toBe(at(whole.close, row));
    }
  }
});

test("a candle of nothing but NaN is passed over", () => {
  const prices = walk(3, 5);
  for (const column of Object.values(prices)) column[2] = Number.NaN;
  const made = heikinAshi(prices);
  expect(at(made.close, 2)).toBeNaN();
  expect(at(made.open, 3)).toBe((at(made.open, 1) + at(made.close, 1)) / 2);
});
