import { expect, test } from "vitest";
import { type Comparison, decodeComparison } from "../../src/api/comparison.ts";
import { isDescendingFirst, shownColumns, tableOf } from "../../src/widgets/comparison/columns.ts";
import { differenceOf } from "../../src/widgets/comparison/difference.ts";
import { orderOf } from "../../src/widgets/comparison/order.ts";
import { readSettings, type Sort } from "../../src/widgets/comparison/settings.ts";
import { countOf, pathsOf, pricesOf, SMALL_HEIGHT_PX } from "../../src/widgets/comparison/smallCandles.ts";
import { type ComparedRun, comparisonBody } from "../api/wire.ts";

const compare = (runs: Readonly<Record<string, ComparedRun>>, head = {}): Comparison =>
  decodeComparison(comparisonBody(runs, head));

const RUNS = compare({
  run10: { last: 2, points: 30 },
  run2: { last: Number.NaN, points: 10 },
  run1: { last: 1, points: 30 },
});

function sorted(column: Sort["column"], isDescending: boolean, comparison = RUNS): string[] {
  const order = orderOf(comparison, comparison.runs, { column, isDescending });
  return order.map((row) => comparison.runs[row] ?? "");
}

test("rows sort both ways, and those without a value stand last either way", () => {
  expect(sorted("last", false)).toEqual(["run1", "run10", "run2"]);
  expect(sorted("last", true)).toEqual(["run10", "run1", "run2"]);
});

test("equal rows stay in the order of the runs", () => {
  expect(sorted("points", true)).toEqual(["run10", "run1", "run2"]);
  expect(sorted("points", false)).toEqual(["run2", "run10", "run1"]);
});

test("names sort as people count", () => {
  expect(sorted("run", false)).toEqual(["run1", "run2", "run10"]);
});

test("only the runs that are wanted have rows, in their order; one that is not known yet has none", () => {
  expect(orderOf(RUNS, ["run1", "unknown", "run10"], null)).toEqual([2, 0]);
});

test("a first press on a head brings the best to the top", () => {
  expect(isDescendingFirst("best", "lower_is_better")).toBe(false);
  expect(isDescendingFirst("best", "higher_is_better")).toBe(true);
  expect(isDescendingFirst("volatility", "higher_is_better")).toBe(false);
  expect(isDescendingFirst("alerts", "lower_is_better")).toBe(true);
});

test("a difference is told by sign, arrow and word, which goes by polarity", () => {
  expect(differenceOf(0.9, -0.1, "lower_is_better")).toEqual({
    text: "−0.1",
    arrow: "▼",
    direction: "better",
    percent: "10 %",
  });
  expect(differenceOf(0.9, -0.1, "higher_is_better")?.direction).toBe("worse");
  expect(differenceOf(2, 0.5, "lower_is_better")).toMatchObject({
    text: "+0.5",
    arrow: "▲",
    direction: "worse",
  });
  expect(differenceOf(2, 0, "lower_is_better")).toMatchObject({ direction: "same", percent: null });
});

test("there is no difference to what has no value, and no share of nothing or of next to nothing", () => {
  expect(differenceOf(Number.NaN, Number.NaN, "lower_is_better")).toBe(null);
  expect(differenceOf(1, 1, "lower_is_better")?.percent).toBe(null);
  expect(differenceOf(100, 99.99, "lower_is_better")?.percent).toBe(null);
});

test("differences are columns only where there is a baseline", () => {
  expect(shownColumns(["worst"], false)).not.toContain("last_difference");
  expect(shownColumns(["worst"], true)).toContain("last_difference");
  expect(shownColumns(["worst"], true)).not.toContain("worst");
});

test("small candles are filled where it got worse and hollow where it got better, over the whole height", () => {
  const runs = {
    a: { candles: [[4, 5, 2, 3] as const, [3, 9, 1, 4] as const] },
    b: { candles: [[1, 1, 1, 1]] },
  };
  const { small } = compare(runs);
  expect([0, 1].map((row) => countOf(small, row))).toEqual([2, 1]);
  expect(pricesOf(small, [0, 1])).toEqual({ low: 1, high: 9 });
  const paths = pathsOf(small, 0, { low: 1, high: 9 }, "lower_is_better");
  expect(paths.better.match(/M/g)).toHaveLength(3);
  expect(paths.worse).toMatch(/^M\S+ 1V/);
  expect(paths.worse).toContain(`V${SMALL_HEIGHT_PX - 1}M`);
  const turned = pathsOf(small, 0, { low: 1, high: 9 }, "higher_is_better");
  expect([turned.better, turned.worse]).toEqual([paths.worse, paths.better]);
});

test("a run whose value never changes is drawn in the middle, and one without candles not at all", () => {
  const { small } = compare({ flat: { candles: [[7, 7, 7, 7]] }, none: {} });
  const paths = pathsOf(small, 0, { low: 7, high: 7 }, "lower_is_better");
  expect(paths.same).toContain(` ${SMALL_HEIGHT_PX / 2}V${SMALL_HEIGHT_PX / 2}`);
  expect(pricesOf(small, [1])).toBe(null);
  expect(pathsOf(small, 1, { low: 0, high: 1 }, "lower_is_better").same).toBe("");
});

test("prices at the ends of what a double holds still have places within the picture", () => {
  const { small } = compare({ a: { candles: [[-1.7e308, 1.7e308, -1.7e308, 1.7e308]] } });
  const paths = pathsOf(small, 0, { low: -1.7e308, high: 1.7e308 }, "lower_is_better");
  expect(paths.worse).not.toMatch(/NaN|Infinity/);
});

test("the table holds what is known of the rows that are shown, in their order", () => {
  const { columns } = tableOf(RUNS, [2, 0]);
  const of = (name: string) => columns.find((column) => column.name === name)?.values;
  expect(of("run")).toEqual(["run1", "run10"]);
  expect(of("last")).toEqual(Float64Array.of(1, 2));
  expect(of("last_difference")).toBe(undefined);
});

test("stored settings that can't be used fall back", () => {
  const fresh = readSettings({});
  expect(fresh).toMatchObject({ tag: null, which: "checked", scale: "own", sort: null, baseline: null });
  const bad = { which: 1, scale: "log", hidden: "all", sort: { column: "candles" }, baseline: [] };
  expect(readSettings(bad)).toEqual(fresh);
  const stored = {
    tag: "loss",
    which: "all",
    scale: "common",
    hidden: ["atr", "points"],
    sort: { column: "best", isDescending: true },
    baseline: "a",
  };
  expect(readSettings(stored)).toEqual(stored);
});
