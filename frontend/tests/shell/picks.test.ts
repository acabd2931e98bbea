import { expect, test } from "vitest";
import { editedIn } from "../../src/shell/colours.ts";
import { choiceIn, detectorsIn, NOTHING_PICKED, polaritiesIn } from "../../src/shell/picks.ts";

const LONG = "x".repeat(5000);
const many = (count: number): string[] => Array.from({ length: count }, (_, i) => `name ${i}`);

test("polarities of a link are those that are polarities, of names that can be, and no more than are ever set", () => {
  const link = {
    loss: "lower_is_better",
    acc: "higher_is_better",
    lr: "sideways",
    [LONG]: "lower_is_better",
  };
  expect([...polaritiesIn({ polarities: link })]).toEqual([
    ["loss", "lower_is_better"],
    ["acc", "higher_is_better"],
  ]);
  const flood = Object.fromEntries(many(5000).map((tag) => [tag, "lower_is_better"]));
  expect([...polaritiesIn({ polarities: flood }).keys()]).toEqual(many(100));
  for (const polarities of [null, "loss", ["loss"], 7, undefined]) {
    expect(polaritiesIn({ polarities }).size).toBe(0);
  }
});

test("a tag named as what every object has is a tag", () => {
  const polarities = JSON.parse('{"__proto__": "higher_is_better", "constructor": "lower_is_better"}');
  expect([...polaritiesIn({ polarities }).keys()]).toEqual(["__proto__", "constructor"]);
});

test("runs, tag and detectors of a link are names, of bounded length and number", () => {
  expect(choiceIn({ focus: "a", checked: ["a", 7, LONG], tag: LONG })).toEqual({
    focus: "a",
    checked: ["a"],
    tag: null,
  });
  expect(choiceIn({ focus: "a", checked: ["a", "b", "a"] }).checked).toEqual(["a", "b"]);
  expect(choiceIn({ focus: LONG, checked: ["a"], tag: "loss" })).toEqual(NOTHING_PICKED);
  expect(choiceIn({ focus: "a", checked: many(20_000) }).checked).toHaveLength(10_000);
  expect(detectorsIn({ detectors: ["spike", null, LONG] })).toEqual(["spike"]);
  expect(detectorsIn({ detectors: many(5000) })).toHaveLength(100);
  expect(detectorsIn({ detectors: "spike" })).toBeNull();
});

test("colours of a link are colours, each of a run's name", () => {
  const told = [["a", "#12ab90"], ["b", "red"], ["c"], [LONG, "#000000"], "d", [7, "#000000"]];
  expect(editedIn(told)).toEqual([["a", "#12ab90"]]);
  expect(editedIn(many(20_000).map((run) => [run, "#000000"]))).toHaveLength(10_000);
});
