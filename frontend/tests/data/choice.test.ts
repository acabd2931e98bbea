import { expect, test } from "vitest";
import type { RunInfo } from "../../src/api/types.ts";
import {
  checkRuns,
  focusRun,
  hasRecords,
  invertRuns,
  likelyTag,
  pickTag,
  settle,
  tagsOf,
} from "../../src/data/choice.ts";

function run(name: string, ...tags: string[]): RunInfo {
  const infos = tags.map((tag, i) => ({
    tag,
    points: 10 + i,
    firstStep: 0,
    lastStep: 9,
    lastValue: 1,
    polarity: "lower_is_better" as const,
    unit: null,
    resolution: null,
  }));
  return { name, tags: infos, volumeTag: null, hasEpochs: false, records: {}, startTime: 0, endTime: 1 };
}

const NOTHING = { focus: null, checked: [], tag: null };
const RUNS = [run("a", "accuracy", "train/loss"), run("b", "train/loss"), run("c", "lr")];

test("the first choice is the first run, those like it, and a loss", () => {
  expect(settle(NOTHING, RUNS)).toEqual({ focus: "a", checked: ["a", "b"], tag: "train/loss" });
});

test("only a few of many runs are checked at first", () => {
  const many = Array.from({ length: 300 }, (_, i) => run(`r${i}`, "loss"));
  expect(settle(NOTHING, many).checked).toHaveLength(5);
});

test("a choice that can still be shown is left alone", () => {
  const choice = { focus: "c", checked: ["b", "c"], tag: "lr" };
  expect(settle(choice, RUNS)).toEqual(choice);
});

test("what is gone is replaced by what is there", () => {
  const choice = { focus: "gone", checked: ["gone", "b"], tag: "no such tag" };
  expect(settle(choice, RUNS)).toEqual({ focus: "b", checked: ["b"], tag: "train/loss" });
  expect(settle(choice, [])).toEqual(NOTHING);
});

test("a tag that the focused run lacks moves the focus to a run that has it", () => {
  const choice = { focus: "a", checked: ["a", "c"], tag: "accuracy" };
  expect(pickTag(choice, "lr", RUNS)).toEqual({ focus: "c", checked: ["a", "c"], tag: "lr" });
  expect(pickTag(choice, "train/loss", RUNS)).toEqual({ ...choice, tag: "train/loss" });
});

test("a focused run that lacks the tag shows one that it has", () => {
  expect(settle(focusRun({ focus: "a", checked: ["a"], tag: "train/loss" }, "c"), RUNS).tag).toBe("lr");
});

test("a loss is preferred, then whatever comes first", () => {
  expect(likelyTag(run("", "val/loss", "loss", "x").tags)).toBe("loss");
  expect(likelyTag(run("", "x", "y").tags)).toBe("x");
  expect(likelyTag([])).toBeNull();
});

test("focus checks a run; unchecking the focus moves it on; the last run stays", () => {
  const start = { focus: "a", checked: ["a", "b"], tag: "t" };
  expect(focusRun(start, "c").checked).toEqual(["c", "a", "b"]);
  expect(checkRuns(start, ["a"], false)).toEqual({ focus: "b", checked: ["b"], tag: "t" });
  expect(checkRuns(start, ["a", "b"], false).checked).toEqual(["a"]);
});

test("tags are those of the checked runs, sorted as people count", () => {
  const choice = { focus: "b", checked: ["a", "b"], tag: null };
  expect(tagsOf(choice, RUNS).map(({ tag }) => tag)).toEqual(["accuracy", "train/loss"]);
  const layers = [run("a", "layer10", "layer9")];
  expect(tagsOf({ ...choice, checked: ["a"] }, layers).map(({ tag }) => tag)).toEqual(["layer9", "layer10"]);
});

test("inverting swaps what is checked among the runs given, and leaves the others alone", () => {
  const choice = { focus: "a", checked: ["a", "c"], tag: "t" };
  expect(invertRuns(choice, ["a", "b"])).toEqual({ focus: "c", checked: ["c", "b"], tag: "t" });
  expect(invertRuns(choice, ["a", "b", "c", "d"])).toEqual({ focus: "b", checked: ["b", "d"], tag: "t" });
});

test("of a tag that several runs have, the value shown is that of the run in focus", () => {
  const runs = [run("a", "loss"), run("b", "loss"), run("c", "lr")];
  const shown = tagsOf({ focus: "b", checked: ["a", "b", "c"], tag: null }, runs);
  expect(shown.map((info) => [info.tag, info.run])).toEqual([
    ["loss", "b"],
    ["lr", "c"],
  ]);
});

test("runs without scalars are chosen where these hold what has widgets of its own", () => {
  const bare = run("bare");
  const deep = ["x", "y"].map((name) => ({ ...run(name), records: { landscape: { plane: 2 } } }));
  expect(settle(NOTHING, [bare, ...deep])).toEqual({ focus: "x", checked: ["x", "y"], tag: null });
  expect([bare, ...deep].map(hasRecords)).toEqual([false, true, true]);
});
