import { expect, test } from "vitest";
import { CANDLE_COLUMNS, type CandleColumn, type Candles } from "../../src/api/types.ts";
import { fromPlotted, toPlotted } from "../../src/base/priceScale.ts";
import { barsOf, comparedWith, mostlySinglePoints, nonFiniteBuckets, rowFrom } from "../../src/chart/bars.ts";
import { type DrawnRun, MOST_SIDE_BY_SIDE, roomFor, strandsOf } from "../../src/chart/strands.ts";

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

const RISING = { x: [0, 30], open: [1, 5], high: [4, 6], low: [0.5, 1], close: [3, 2] };
const run = (name: string, polarity: DrawnRun["polarity"] = "lower_is_better"): DrawnRun => ({
  candles: candles(RISING, { run: name }),
  colour: "#123456",
  polarity,
});

test("bars carry the prices of their candles and the number of their bucket", () => {
  const bars = barsOf(candles(RISING), "linear", "candles");
  expect([...bars.bucket]).toEqual([0, 3]);
  expect([...bars.open, ...bars.high, ...bars.low, ...bars.close]).toEqual([1, 5, 4, 6, 0.5, 1, 3, 2]);
});

test("a candle of nothing but NaN has no bar, keeps its mark and breaks the line", () => {
  const poisoned = candles({
    x: [0, 10, 20, 30],
    open: [1, NAN, 3, 4],
    high: [1, NAN, 3, 4],
    low: [1, NAN, 3, 4],
    close: [1, NAN, 3, 4],
    nonfinite: [0, 3, 0, 0],
  });
  const bars = barsOf(poisoned, "linear", "line");
  expect([...bars.bucket]).toEqual([0, 2, 3]);
  expect([...bars.joined]).toEqual([0, 0, 1]);
  expect(nonFiniteBuckets(poisoned)).toEqual([1]);
});

test("a single point is compared with the point before it, and a candle with its own open", () => {
  const points = { x: [0, 10, 20, 30], open: [5, 3, 2, NAN], close: [5, 3, 4, NAN], count: [1, 1, 7, 0] };
  const series = candles({ ...points, high: points.close, low: points.open });
  const bars = barsOf(series, "linear", "candles");
  expect([0, 1, 2].map((row) => comparedWith(bars, row))).toEqual([5, 5, 2]);
  expect([...barsOf(series, "linear", "heikin-ashi").single]).toEqual([0, 0, 0]);
});

test("a point after a gap of NaN is compared with nothing", () => {
  const values = [5, NAN, 3];
  const columns = { x: [0, 10, 20], open: values, high: values, low: values, close: values };
  const bars = barsOf(candles({ ...columns, count: [1, 0, 1] }), "linear", "candles");
  expect(comparedWith(bars, 1)).toBe(3);
});

test("a log chart is fed logarithms and counts the candles that it has to cut off", () => {
  const down = candles({
    x: [0, 10, 20],
    open: [10, 1, -1],
    high: [100, 1, -1],
    low: [1, 0, -2],
    close: [10, 1, -1],
  });
  const bars = barsOf(down, "log", "candles");
  expect([...bars.high]).toEqual([2, 0]);
  expect([...bars.low]).toEqual([0, 0]);
  expect(bars.clipped).toBe(2);
  expect(fromPlotted(toPlotted(1e-7, "log"), "log")).toBeCloseTo(1e-7, 20);
});

test("a symlog chart shows what lies at zero and below, and cuts off nothing", () => {
  const down = candles({ x: [0], open: [-5], high: [0], low: [-1e4], close: [-0.01] });
  const bars = barsOf(down, "symlog", "candles");
  expect(bars.clipped).toBe(0);
  expect([...bars.high]).toEqual([0]);
  expect(fromPlotted(bars.low[0] ?? NAN, "symlog")).toBeCloseTo(-1e4, 8);
});

test("bars of fractional seconds have the number of their bucket", () => {
  const x = [0, 0.1, 0.2, 0.30000000000000004, 0.7];
  const bars = barsOf(candles({ x, high: x, low: x }, { width: 0.1 }), "linear", "candles");
  expect([...bars.bucket]).toEqual([0, 1, 2, 3, 7]);
});

test("candles of single points are known as such", () => {
  expect(mostlySinglePoints(candles({ x: [0, 1, 2], count: [1, 1, 5] }))).toBe(true);
  expect(mostlySinglePoints(candles({ x: [0, 1, 2], count: [1, 5, 5] }))).toBe(false);
  expect(mostlySinglePoints(candles({ x: [] }))).toBe(false);
});

test("the first row of a bucket or after it", () => {
  const bars = barsOf(candles(RISING), "linear", "candles");
  expect([-1, 0, 1, 3, 4].map((bucket) => rowFrom(bars, bucket))).toEqual([0, 0, 1, 1, 2]);
});

test("the run in focus has candles and the others are lines, in one pane", () => {
  const look = { style: "bars", mode: "focus", scale: "linear" } as const;
  const panes = strandsOf([run("a"), run("b"), run("c")], look);
  expect(panes.map((pane) => pane.map(({ shape }) => shape))).toEqual([["bars", "line", "line"]]);
});

test("side by side the first few runs share each bucket", () => {
  const runs = ["a", "b", "c", "d", "e", "f"].map((name) => run(name));
  const [pane, ...more] = strandsOf(runs, { style: "candles", mode: "side", scale: "linear" });
  expect(more).toEqual([]);
  expect(pane?.map(({ slot, slots }) => [slot, slots])).toEqual([
    [0, 4],
    [1, 4],
    [2, 4],
    [3, 4],
  ]);
  expect(MOST_SIDE_BY_SIDE).toBe(4);
});

test("a pane for each run", () => {
  const panes = strandsOf([run("a"), run("b")], { style: "heikin-ashi", mode: "each", scale: "linear" });
  expect(panes.map((pane) => pane.map((strand) => strand.run.candles.run))).toEqual([["a"], ["b"]]);
  expect(panes[0]?.[0]?.shape).toBe("candles");
});

test("prices have room for the wicks, or for the bodies alone, of what is in view", () => {
  const [strands = []] = strandsOf([run("a")], { style: "candles", mode: "focus", scale: "linear" });
  const room = (fit: "wicks" | "bodies", from: number, to: number) =>
    roomFor(strands, fit, { from, to })?.priceRange;
  expect(room("wicks", 0, 100)).toEqual({ minValue: 0.5, maxValue: 6 });
  expect(room("bodies", 0, 100)).toEqual({ minValue: 1, maxValue: 5 });
  expect(room("bodies", 20, 100)).toEqual({ minValue: 2, maxValue: 5 });
  expect(room("bodies", 50, 100)).toBeUndefined();
});

test("spikes of the other runs are in view, too", () => {
  const other = { ...run("b"), candles: candles({ ...RISING, high: [90, 6] }, { run: "b" }) };
  const [strands = []] = strandsOf([run("a"), other], { style: "candles", mode: "focus", scale: "linear" });
  expect(roomFor(strands, "wicks", { from: 0, to: 100 })?.priceRange?.maxValue).toBe(90);
  expect(roomFor(strands, "bodies", { from: 0, to: 100 })?.priceRange?.maxValue).toBe(5);
});
