import { expect, test } from "vitest";
import { logTicks } from "../../src/base/logTicks.ts";

const labels = (low: number, high: number, leastGap: number) =>
  logTicks(low, high, leastGap).map(({ label }) => label);

test("a few decades have 1-2-5", () => {
  expect(labels(0.3, 40, 0.1)).toEqual(["0.5", "1", "2", "5", "10", "20"]);
  expect(labels(0.00004, 0.0013, 0.2)).toEqual(["5e-5", "0.0001", "0.0002", "0.0005", "0.001"]);
});

test("many decades have powers of ten, and very many every so many of them", () => {
  expect(labels(1e-4, 1e3, 0.5)).toEqual(["1e-4", "0.001", "0.01", "0.1", "1", "10", "100", "1000"]);
  expect(labels(1e-9, 1e9, 1.5)).toEqual(["1e-8", "1e-6", "1e-4", "0.01", "1", "100", "10000", "1e6", "1e8"]);
  expect(logTicks(1e-300, 1e300, 40).map(({ value }) => value)).toEqual(
    [-300, -250, -200, -150, -100, -50, 0, 50, 100, 150, 200, 250, 300].map((power) => Number(`1e${power}`)),
  );
});

test("within a decade values are evenly spaced and round", () => {
  expect(labels(2.1, 4.4, 0.04)).toEqual(["2.5", "3", "3.5", "4"]);
  expect(labels(0.90001, 0.90009, 8e-6)).toEqual(["0.90002", "0.90004", "0.90006", "0.90008"]);
});

test("no two are closer than asked for", () => {
  for (const [low, high, gap] of [
    [1, 9, 0.05],
    [0.02, 300, 0.29],
    [3, 3.1, 0.0009],
    [5e-324, 1e308, 30],
  ] as const) {
    const places = logTicks(low, high, gap).map(({ value }) => Math.log10(value));
    expect(places.length).toBeGreaterThan(1);
    for (let i = 1; i < places.length; i++) {
      expect((places[i] ?? 0) - (places[i - 1] ?? 0)).toBeGreaterThan(gap * 0.999);
    }
  }
});

test("a scale without extent has no ticks", () => {
  for (const [low, high] of [
    [1, 1],
    [0, 1],
    [Number.NaN, 1],
    [1, Number.POSITIVE_INFINITY],
  ] as const) {
    expect(logTicks(low, high, 0.1)).toEqual([]);
  }
});
