import { expect, test } from "vitest";
import { actOn, chartKeys } from "../../src/widgets/keys.ts";

const NO_MODIFIERS = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

/** What a key does to a chart. */
function pressed(key: string, modifiers: Partial<typeof NO_MODIFIERS> = {}): readonly string[] {
  const done: string[] = [];
  const chart = {
    step: (move: number) => done.push(`step ${move}`),
    zoom: (factor: number) => done.push(factor > 1 ? "closer" : "further"),
    fit: () => done.push("fit"),
  };
  const event = { ...NO_MODIFIERS, ...modifiers, key };
  const isTaken = actOn(event, chartKeys(chart, event));
  expect(isTaken).toBe(done.length > 0);
  return done;
}

test("arrows move by one point, and with Shift by ten", () => {
  expect(pressed("ArrowLeft")).toEqual(["step -1"]);
  expect(pressed("ArrowRight")).toEqual(["step 1"]);
  expect(pressed("ArrowLeft", { shiftKey: true })).toEqual(["step -10"]);
  expect(pressed("ArrowRight", { shiftKey: true })).toEqual(["step 10"]);
});

test("keys zoom and fit, with Shift and without", () => {
  for (const key of ["+", "="]) expect(pressed(key)).toEqual(["closer"]);
  for (const key of ["-", "_"]) expect(pressed(key)).toEqual(["further"]);
  for (const key of ["f", "F"]) expect(pressed(key)).toEqual(["fit"]);
});

test("other keys, and those of the browser, are left to others", () => {
  expect(pressed("Tab")).toEqual([]);
  for (const modifier of ["ctrlKey", "metaKey", "altKey"])
    expect(pressed("f", { [modifier]: true })).toEqual([]);
});
