import { expect, test } from "vitest";
import { fromPlotted, toPlotted } from "../../src/base/priceScale.ts";
import { symlogTicks } from "../../src/base/symlogTicks.ts";

const plotted = (price: number) => toPlotted(price, "symlog");

const labels = (low: number, high: number, share: number) => {
  const [bottom, top] = [plotted(low), plotted(high)];
  return symlogTicks(bottom, top, share * (top - bottom)).map(({ label }) => label);
};

test("symlog is odd, rising, and its own inverse", () => {
  let before = Number.NEGATIVE_INFINITY;
  for (let power = 8; power >= -12; power--) {
    for (const price of [10 ** power, 3 * 10 ** power]) {
      expect(plotted(-price)).toBe(-plotted(price));
      expect(fromPlotted(plotted(price), "symlog") / price).toBeCloseTo(1, 12);
    }
  }
  for (const price of [-1e6, -1, -1e-4, 0, 1e-9, 1e-3, 2, 1e5]) {
    expect(plotted(price)).toBeGreaterThan(before);
    before = plotted(price);
  }
});

test("zero and powers of ten on both sides of it", () => {
  expect(labels(-100, 100, 0.08)).toEqual([
    "-100",
    "-10",
    "-1",
    "-0.1",
    "-0.01",
    "0",
    "0.01",
    "0.1",
    "1",
    "10",
    "100",
  ]);
});

test("within a narrow range values are even and round", () => {
  expect(labels(0.51, 0.62, 0.12)).toEqual(["0.52", "0.54", "0.56", "0.58", "0.6", "0.62"]);
  expect(labels(-0.62, -0.51, 0.12)).toEqual(["-0.62", "-0.6", "-0.58", "-0.56", "-0.54", "-0.52"]);
});

test("no two marks are closer than asked for", () => {
  for (const [low, high] of [
    [-3, 40],
    [0, 1e6],
    [1e-5, 2e-4],
    [-1e8, -5],
    [-0.002, 7],
  ] as const) {
    for (const gap of [0.03, 0.07, 0.2]) {
      const [bottom, top] = [plotted(low), plotted(high)];
      const ticks = symlogTicks(bottom, top, gap * (top - bottom)).map(({ value }) => plotted(value));
      expect(ticks.length).toBeGreaterThan(1);
      for (let i = 1; i < ticks.length; i++) {
        expect((ticks[i] ?? 0) - (ticks[i - 1] ?? 0)).toBeGreaterThan(gap * (top - bottom) * 0.98);
      }
    }
  }
});
