import { expect, test } from "vitest";
import type { RunInfo } from "../../src/api/types.ts";
import { goodness, infosOf, orderRuns } from "../../src/data/runOrder.ts";

function run(name: string, lastValue: number, polarity: "lower_is_better" | "higher_is_better"): RunInfo {
  const loss = { points: 1, firstStep: 0, lastStep: 0, unit: null, resolution: null, lastValue, polarity };
  return {
    name,
    tags: [{ ...loss, tag: "t" }],
    volumeTag: null,
    hasEpochs: false,
    records: {},
    startTime: 0,
    endTime: 1,
  };
}

test("runs come by their numbers, the largest first; those without one last either way", () => {
  const numbers = new Map([
    ["a", 1],
    ["c", 3],
    ["d", 1],
    ["e", Number.NaN],
  ]);
  const names = ["a", "b", "c", "d", "e"];
  expect(orderRuns(names, numbers, false)).toEqual(["c", "a", "d", "b", "e"]);
  expect(orderRuns(names, numbers, true)).toEqual(["a", "d", "c", "b", "e"]);
  expect(orderRuns(names, null, false)).toEqual(names);
  expect(orderRuns(names, null, true)).toEqual(names.toReversed());
});

test.each([
  ["lower_is_better", ["low", "high"]],
  ["higher_is_better", ["high", "low"]],
] as const)("the best last value comes first where %s", (polarity, best) => {
  const runs = [run("high", 2, polarity), run("low", 1, polarity)];
  expect(orderRuns(["high", "low"], goodness(infosOf(runs, "t"), null), false)).toEqual(best);
});

test("what a person says is better overrules the log", () => {
  const runs = [run("high", 2, "lower_is_better"), run("low", 1, "lower_is_better")];
  const numbers = goodness(infosOf(runs, "t"), "higher_is_better");
  expect(orderRuns(["high", "low"], numbers, false)).toEqual(["high", "low"]);
});

test("a tag that nobody has gives no numbers", () => {
  expect(infosOf([run("a", 1, "lower_is_better")], "none").size).toBe(0);
});
