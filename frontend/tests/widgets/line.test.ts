import { expect, test } from "vitest";
import { elsewhere } from "../../src/base/words/line.ts";
import { hasBelowZero, lastRowIn, rowAt } from "../../src/widgets/line/reading.ts";
import { positionOf, readSettings, SLIDER_END, weightAt } from "../../src/widgets/line/settings.ts";

const PLACE = Float64Array.of(0, 10, 11, 12, 20);
const VALUE = Float64Array.of(1, 2, 90, 3, Number.NaN);

const at = (place: number, reach: number, pointed: number | null) =>
  rowAt(PLACE, VALUE, {
    place,
    reach,
    away: (value) => (pointed === null ? 0 : Math.min(12, Math.abs(value - pointed))),
  });

test("pointing at the tip of a spike means the spike, and beside the line the nearest along the axis", () => {
  expect(at(10, 3, 90)).toBe(2);
  expect(at(10, 3, 2)).toBe(1);
  expect(at(10, 3, 50)).toBe(1);
});

test("without a point in reach it is the nearest along the axis", () => {
  expect(at(4, 1, null)).toBe(0);
  expect(at(17, 1, null)).toBe(4);
  expect(rowAt(new Float64Array(), new Float64Array(), { place: 0, reach: 1, away: () => 0 })).toBe(-1);
});

test("the last value in view is the last finite one", () => {
  expect(lastRowIn(PLACE, VALUE, { from: 0, to: 30 })).toBe(3);
  expect(lastRowIn(PLACE, VALUE, { from: 0, to: 11 })).toBe(1);
  expect(lastRowIn(PLACE, VALUE, { from: 13, to: 30 })).toBe(-1);
});

test("the slider has every position for a weight of its own, from none to 0.999", () => {
  const weights = Array.from({ length: SLIDER_END + 1 }, (_, position) => weightAt(position));
  expect([weights[0], weights[20], weights[40], weights[60]]).toEqual([0, 0.9, 0.99, 0.999]);
  expect(weights.map(positionOf)).toEqual(weights.map((_, position) => position));
});

test("settings that can't be used fall back to their defaults", () => {
  const read = readSettings({ tag: 7, axis: "clock", scale: "cubic", smoothing: 2 });
  expect(read).toMatchObject({ tag: null, axis: "steps", scale: "linear", smoothing: 0 });
  const kept = { tag: "loss", axis: "wall_time", scale: "symlog", smoothing: 0.9 };
  expect(readSettings(kept)).toMatchObject(kept);
});

test("points that a log scale leaves out are missed where they are in view, and what is no number is none of them", () => {
  const line = {
    place: Float64Array.of(0, 10, 20, 30, 40),
    value: Float64Array.of(1, 0, Number.NaN, Number.NEGATIVE_INFINITY, -2),
  };
  const inView = (from: number, to: number) => hasBelowZero(line, { from, to });
  expect([inView(0, 10), inView(0, 11), inView(15, 40), inView(15, 41)]).toEqual([false, true, false, true]);
});

test("a point is told by its place on the axes that are not shown, as far as it has one", () => {
  const point = { step: 1918, epoch: 2.04321, wallTime: Number.NaN };
  expect(elsewhere("epochs", point)).toBe("step 1,918");
  expect(elsewhere("steps", point)).toBe("epoch 2.0432");
  expect(elsewhere("seconds", { ...point, epoch: Number.NaN })).toBe("step 1,918");
  const at = new Date(2026, 10, 21, 15, 41, 8).getTime() / 1000;
  expect(elsewhere("epochs", { ...point, wallTime: at })).toMatch(/^step 1,918 · 21 Nov 2026.*15:41:08$/);
  expect(elsewhere("wall_time", { ...point, wallTime: at })).toBe("epoch 2.0432 · step 1,918");
});
