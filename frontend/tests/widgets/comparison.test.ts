import { expect, test } from "vitest";
import { type Comparison, decodeComparison } from "../../src/api/comparison.ts";
import { isDescendingFirst, shownColumns, tableOf } from "../../src/widgets/comparison/columns.ts";
import { differenceOf } from "../../src/widgets/comparison/difference.ts";
import { groupsOf, patternProblem } from "../../src/widgets/comparison/groups.ts";
import { orderOf } from "../../src/widgets/comparison/order.ts";
import { fewer, ofGroups, ofRuns } from "../../src/widgets/comparison/rows.ts";
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

const DIED = compare(
  {
    dead: { last: 0.4, last_step: 2999, last_finite_step: 1499, nonfinite_since: 1500, drawdown: 0 },
    fine: { last: 2 },
    good: { last: 1 },
  },
  { baseline: "fine" },
);

test("a run that ends with no number sorts last, by how it ends and by how that differs, either way", () => {
  for (const column of ["last", "last_difference", "drawdown"] as const) {
    expect(sorted(column, false, DIED).at(-1)).toBe("dead");
    expect(sorted(column, true, DIED).at(-1)).toBe("dead");
  }
  expect([...ofRuns(DIED).endedNonfinite]).toEqual([1, 0, 0]);
});

test("a group's last value is the mean of the runs that end with a number, and the others are counted", () => {
  const groups = [
    { name: "both", runs: ["dead", "fine", "good"] },
    { name: "none", runs: ["dead"] },
  ];
  const rows = ofGroups(DIED, groups, [], null);
  expect([...rows.columns.last]).toEqual([1.5, Number.NaN]);
  expect([...rows.endedNonfinite]).toEqual([1, 1]);
  const { columns } = tableOf(rows, [0, 1]);
  expect(columns.find(({ name }) => name === "runs_ended_nonfinite")?.values).toEqual(Float64Array.of(1, 1));
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
  const { columns } = tableOf(ofRuns(RUNS), [2, 0]);
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
    groupBy: "pattern",
    pattern: "lr=(.*)",
    group: "0.1",
  };
  expect(readSettings(stored)).toEqual(stored);
});

const SWEEP = ["sweep/lr=1/s0", "sweep/lr=1/s1", "sweep/lr=2/s0", "alone"];

test("runs group by their folders", () => {
  expect(groupsOf(SWEEP, "folder", "")).toEqual([
    { name: "sweep/lr=1", runs: ["sweep/lr=1/s0", "sweep/lr=1/s1"] },
    { name: "sweep/lr=2", runs: ["sweep/lr=2/s0"] },
    { name: "(no folder)", runs: ["alone"] },
  ]);
});

test("runs group by what a pattern captures, or matches where it captures nothing", () => {
  const names = (pattern: string) => groupsOf(SWEEP, "pattern", pattern)?.map(({ name }) => name);
  expect(names("lr=([^/]*)")).toEqual(["1", "2", "(no match)"]);
  expect(names("(lr=.)/(s.)")).toEqual(["lr=1 · s0", "lr=1 · s1", "lr=2 · s0", "(no match)"]);
  expect(names("s[01]$")).toEqual(["s0", "s1", "(no match)"]);
  expect(names("x*")).toEqual(["(no match)"]);
});

test("runs that no pattern groups stand for themselves", () => {
  expect(groupsOf(SWEEP, "none", "lr")).toBe(null);
  expect(groupsOf(SWEEP, "pattern", "")).toBe(null);
  expect(groupsOf(SWEEP, "pattern", "lr=(")).toBe(null);
  expect(patternProblem("")).toContain("Type a regular expression");
  expect(patternProblem("lr=(")).toContain("Unterminated group");
  expect(patternProblem("lr=(.)")).toBe(null);
});

test("a group is the mean of its runs and their deviation; counts add up, and what is missing is left out", () => {
  const comparison = compare({
    a: { last: 1, points: 10, start_time: 5, end_time: 8 },
    b: { last: 3, points: 20, start_time: 2, end_time: 9 },
    c: { last: Number.NaN, points: 5, alerts: Number.NaN },
    d: { last: 7 },
  });
  const groups = [
    { name: "abc", runs: ["a", "b", "c"] },
    { name: "d", runs: ["d"] },
  ];
  const rows = ofGroups(comparison, groups, [], "d");
  expect([...rows.columns.last]).toEqual([2, 7]);
  expect([...(rows.spread.last ?? [])]).toEqual([1, Number.NaN]);
  expect([...rows.columns.points]).toEqual([35, 1]);
  expect([...rows.columns.alerts]).toEqual([Number.NaN, 1]);
  expect([rows.columns.start_time[0], rows.columns.end_time[0]]).toEqual([1, 9]);
  expect([...rows.difference.last]).toEqual([-5, 0]);
  expect(rows.members?.[0]).toEqual(["a", "b", "c"]);
  const names = tableOf(rows, [1, 0]).columns.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(["group", "runs", "last", "last_difference", "last_std_over_runs"]),
  );
});

test("of a group none of whose runs has answered nothing is known, not even that it began never", () => {
  const groups = [{ name: "g", runs: ["not there"] }];
  const { columns } = ofGroups(compare({ a: {} }), groups, [], null);
  const found = [columns.first_step, columns.start_time, columns.last_step, columns.end_time, columns.last];
  expect(found.map((column) => column[0])).toEqual(new Array(5).fill(Number.NaN));
});

test("a baseline that is no group is none", () => {
  const rows = ofGroups(compare({ a: {} }), [{ name: "g", runs: ["a"] }], [], "a");
  expect([rows.baseline, rows.difference.last[0]]).toEqual([null, Number.NaN]);
});

test("the small candles of a group are the candles over its runs", () => {
  const column = Float64Array.of(1, 2);
  const columns = { x: column, open: column, high: column, low: column, close: column };
  const candles = {
    name: "g",
    width: 10,
    columns: { ...columns, mean: column, std_over_runs: column, runs: column },
  };
  const groups = [
    { name: "other", runs: ["b"] },
    { name: "g", runs: ["a"] },
  ];
  const { small } = ofGroups(compare({ a: {}, b: {} }), groups, [candles], null);
  expect([0, 1].map((row) => countOf(small, row))).toEqual([0, 2]);
  expect([...small.prices.close]).toEqual([Number.NaN, Number.NaN, 1, 2]);
});

test("many candles become few without losing an extreme", () => {
  const of = (...values: number[]) => Float64Array.of(...values);
  const open = of(1, 2, Number.NaN, 4, 5, 6);
  const columns = {
    open,
    high: of(2, 9, Number.NaN, 5, 6, 7),
    low: of(0, 1, Number.NaN, -3, 4, 5),
    close: open,
  };
  const rest = { x: open, mean: open, std_over_runs: open, runs: open };
  const few = fewer({ name: "g", width: 1, columns: { ...columns, ...rest } }, 2);
  expect([few.open, few.high, few.low, few.close]).toEqual([of(1, 5), of(9, 7), of(-3, 4), of(4, 6)]);
});
