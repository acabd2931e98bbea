import { expect, test } from "vitest";
import { CANDLE_COLUMNS, type CandleColumn, type Candles } from "../../src/api/types.ts";
import { gridOver } from "../../src/base/grid.ts";
import {
  barsOf,
  closeLine,
  fromPlotted,
  gridPoints,
  mostlySinglePoints,
  toPlotted,
} from "../../src/chart/bars.ts";
import { roomForBodies } from "../../src/chart/options.ts";
import { CHART_THEMES } from "../../src/chart/theme.ts";

const THEME = CHART_THEMES.light;
const NAN = Number.NaN;

function candles(columns: Partial<Record<CandleColumn, number[]>>, rest: Partial<Candles> = {}): Candles {
  const rows = columns.x?.length ?? 0;
  const filled = CANDLE_COLUMNS.map((name) => [
    name,
    Float64Array.from(columns[name] ?? new Array(rows).fill(0)),
  ]);
  return {
    run: "r",
    tag: "loss",
    by: "steps",
    width: 10,
    exact: true,
    points: rows,
    polarity: "lower_is_better",
    unit: null,
    volume: "count",
    extent: { from: 0, to: 100 },
    columns: Object.fromEntries(filled),
    ...rest,
  };
}

const GRID = gridOver({ from: 0, to: 100 }, 10);
const RISING = { x: [0, 30], open: [1, 5], high: [4, 6], low: [0.5, 1], close: [3, 2] };

test("a loss that rose is filled red, one that fell is hollow green", () => {
  const { candles: bars } = barsOf(candles(RISING), GRID, "linear", THEME);
  expect(bars[0]).toMatchObject({ time: 0, open: 1, high: 4, low: 0.5, close: 3, color: THEME.candle.worse });
  expect(bars[1]).toMatchObject({ time: 30, color: THEME.background, borderColor: THEME.candle.better });
});

test("an accuracy that rose is hollow green", () => {
  const accuracy = candles(RISING, { polarity: "higher_is_better" });
  expect(barsOf(accuracy, GRID, "linear", THEME).candles[0]?.borderColor).toBe(THEME.candle.better);
});

test("a candle of nothing but NaN has no bar and keeps its mark", () => {
  const poisoned = candles({
    x: [0, 10],
    open: [1, NAN],
    high: [1, NAN],
    low: [1, NAN],
    close: [1, NAN],
    nonfinite: [0, 3],
  });
  const bars = barsOf(poisoned, GRID, "linear", THEME);
  expect(bars.candles.map(({ time }) => time)).toEqual([0]);
  expect(bars.nonfinite).toEqual([10]);
});

test("a log chart is fed logarithms and counts the candles that it has to cut off", () => {
  const down = candles({
    x: [0, 10, 20],
    open: [10, 1, -1],
    high: [100, 1, -1],
    low: [1, 0, -2],
    close: [10, 1, -1],
  });
  const bars = barsOf(down, GRID, "log", THEME);
  expect(bars.candles[0]).toMatchObject({ open: 1, high: 2, low: 0 });
  expect(bars.candles[1]?.low).toBe(0);
  expect(bars.candles).toHaveLength(2);
  expect(bars.clipped).toBe(2);
  expect(fromPlotted(toPlotted(1e-7, "log"), "log")).toBeCloseTo(1e-7, 20);
});

test("a line passes over what can't be drawn", () => {
  const line = candles({ x: [0, 10, 20], close: [1, NAN, 100] });
  expect(closeLine(line, GRID, "log")).toEqual([
    { time: 0, value: 0 },
    { time: 20, value: 2 },
  ]);
});

test("bars of fractional seconds fall on the very points of the grid", () => {
  const grid = gridOver({ from: 0, to: 1 }, 0.1);
  const x = [0, 0.1, 0.2, 0.30000000000000004, 0.7];
  const times = barsOf(candles({ x, high: x, low: x }, { width: 0.1 }), grid, "linear", THEME).candles;
  const points = new Set(gridPoints(grid).map(({ time }) => time));
  expect(times.every(({ time }) => points.has(time))).toBe(true);
});

test("candles of single points are known as such", () => {
  expect(mostlySinglePoints(candles({ x: [0, 1, 2], count: [1, 1, 5] }))).toBe(true);
  expect(mostlySinglePoints(candles({ x: [0, 1, 2], count: [1, 5, 5] }))).toBe(false);
  expect(mostlySinglePoints(candles({ x: [] }))).toBe(false);
});

test("the thread through single points breaks where a step has no finite value", () => {
  const steps = candles({
    x: [0, 10, 20, 30],
    open: [1, 2, NAN, 4],
    high: [1, 2, NAN, 4],
    low: [1, 2, NAN, 4],
    close: [1, 2, NAN, 4],
    count: [1, 1, 0, 1],
    nonfinite: [0, 0, 1, 0],
  });
  const unseen = barsOf(steps, GRID, "linear", THEME).closes.map(({ color }) => color);
  expect(unseen).toEqual([undefined, "rgba(0, 0, 0, 0)", undefined]);
});

test("prices that are fitted to bodies leave wicks and what is out of view aside", () => {
  const { candles: bars } = barsOf(candles(RISING), GRID, "linear", THEME);
  const room = (from: number, to: number) => roomForBodies(bars, { from, to })?.priceRange;
  expect(room(0, 100)).toEqual({ minValue: 1, maxValue: 5 });
  expect(room(20, 100)).toEqual({ minValue: 2, maxValue: 5 });
  expect(room(50, 100)).toBeUndefined();
});
