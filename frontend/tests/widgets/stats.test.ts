import { expect, test } from "vitest";
import { decodeStats, statsPath } from "../../src/api/stats.ts";
import {
  hasSystem,
  type Line,
  panelsOf,
  pathOf,
  rangeOf,
  tableOf,
  titleOf,
  valueAt,
  valueWords,
} from "../../src/widgets/stats/panels.ts";
import { readSettings } from "../../src/widgets/stats/settings.ts";

const speeds = (run: string, steps: readonly number[], points: readonly number[]) => ({
  run,
  tag: "loss",
  latest: { steps_per_sec: steps.at(-1), points_per_sec: points.at(-1) },
  columns: {
    time: steps.map((_, i) => 100 + i),
    step: steps.map((_, i) => i),
    steps_per_sec: steps,
    points_per_sec: points,
  },
  system: [] as readonly unknown[],
});

const machine = (tag: string, value: readonly (number | null)[]) => ({
  tag,
  latest: value.at(-1),
  columns: { time: value.map((_, i) => 100 + i), step: value.map((_, i) => i), value },
});

const panels = (...stats: readonly unknown[]) => panelsOf(decodeStats({ stats }).runs, () => 100);

const line = (place: readonly number[], value: readonly number[]): Line => ({
  run: "a",
  place: Float64Array.from(place),
  value: Float64Array.from(value),
  latest: value.at(-1) ?? Number.NaN,
});

test("an answer is read as a track for each measure, and what has no row is none", () => {
  expect(statsPath(["a b", "c"])).toBe("stats?run=a+b&run=c");
  const run = { ...speeds("a", [], []), latest: null, system: [machine("system/cpu_percent", [40, null])] };
  const [found] = decodeStats({ stats: [run] }).runs;
  expect(found?.tracks.map(({ name }) => name)).toEqual(["system/cpu_percent"]);
  expect(found?.tracks[0]?.value[1]).toBeNaN();
  expect(decodeStats(null).runs).toEqual([]);
});

test("measures stand in one order, whatever runs have them, and GPUs as people count", () => {
  const tags = [
    "system/gpu10/memory_gigabytes",
    "system/gpu2/memory_gigabytes",
    "system/gpu2/utilization_percent",
  ];
  const a = { ...speeds("a", [1], [9]), system: tags.map((tag) => machine(tag, [1])) };
  const b = { ...speeds("b", [1], [9]), system: [machine("system/cpu_percent", [50])] };
  expect(panels(a, b).map(({ title, lines }) => [title, lines.length])).toEqual([
    ["Steps a second", 2],
    ["Points a second", 2],
    ["Processor", 1],
    ["GPU 2 use", 1],
    ["GPU 2 memory", 1],
    ["GPU 10 memory", 1],
  ]);
});

test("where each step logs one point the speed is told once", () => {
  expect(panels(speeds("a", [5, 6], [5, 6])).map(({ title }) => title)).toEqual(["Steps a second"]);
});

test("percent go to 100 and other measures from 0 to their most", () => {
  const run = {
    ...speeds("a", [5, 80], [5, 80]),
    system: [machine("system/cpu_percent", [40, null]), machine("system/memory_gigabytes", [0, 0])],
  };
  expect(panels(run).map(({ most }) => most)).toEqual([80, 100, 1]);
});

test("names that nobody knows are shown without their unit, which goes to the value", () => {
  expect(titleOf("system/disk_read_gigabytes")).toBe("disk read");
  expect(titleOf("system/fans")).toBe("fans");
  expect(valueWords("system/disk_read_gigabytes", 1.2345)).toBe("1.23 GB");
  expect(valueWords("steps_per_sec", 91.234)).toBe("91.2/s");
  expect(valueWords("system/fans", 3)).toBe("3");
  expect(valueWords("system/fans", Number.NaN)).toBe("–");
});

test("all panels share one axis, which begins at the start of the runs", () => {
  const found = panels({ ...speeds("a", [1, 2, 3], [1, 2, 3]), system: [machine("system/x", [1])] });
  expect(rangeOf(found, "since")).toEqual({ from: 0, to: 2 });
  expect(rangeOf([], "since")).toBeNull();
  const late = panelsOf(decodeStats({ stats: [speeds("a", [1, 2], [1, 2])] }).runs, () => 0);
  expect(rangeOf(late, "clock")).toEqual({ from: 100, to: 101 });
  expect(hasSystem(found)).toBe(true);
  expect(hasSystem(late)).toBe(false);
});

test("a point without a time takes the axis from no other", () => {
  const odd = {
    name: "system/cpu_percent",
    title: "",
    most: 1,
    lines: [line([Number.NaN, 5, 9], [1, 1, 1])],
  };
  expect(rangeOf([odd], "clock")).toEqual({ from: 5, to: 9 });
  expect(rangeOf([{ ...odd, lines: [line([Number.NaN], [1])] }], "since")).toBeNull();
});

test("a line is drawn with gaps where there is no number, and a point alone is a dot", () => {
  const path = pathOf(line([0, 1, 2, 3], [0, 5, Number.NaN, 10]), { from: 0, to: 4 }, 10);
  expect(path).toBe("M0.0 100.0h0L250.0 50.0M750.0 0.0h0");
});

test("the value at a place is the last that was known by then", () => {
  const one = line([10, 20, 30], [1, 2, 3]);
  expect([10, 19, 20, 25, 30].map((at) => valueAt(one, at))).toEqual([1, 1, 2, 2, 3]);
  expect(valueAt(one, 9)).toBeNaN();
  expect(valueAt(one, 31)).toBeNaN();
});

test("the table has a row for each value of each measure", () => {
  const { columns } = tableOf(decodeStats({ stats: [speeds("a", [5, 6], [7, 8])] }).runs);
  expect(columns.map(({ name, values }) => [name, ...values])).toEqual([
    ["run", "a", "a", "a", "a"],
    ["measure", "steps_per_sec", "steps_per_sec", "points_per_sec", "points_per_sec"],
    ["time", 100, 101, 100, 101],
    ["value", 5, 6, 7, 8],
  ]);
});

test("stored settings that can't be used fall back", () => {
  expect(readSettings({ time: "never" })).toEqual({ time: "since" });
  expect(readSettings({ time: "clock" })).toEqual({ time: "clock" });
});
