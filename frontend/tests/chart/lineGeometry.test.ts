import { expect, test } from "vitest";
import {
  alignedView,
  type Geometry,
  heightsFor,
  lineThrough,
  placesInPixels,
} from "../../src/chart/lineGeometry.ts";
import { pointPlan } from "../../src/data/pointFeed.ts";

const WANTED = { series: [], version: "1", axis: "steps", smooth: 0 } as const;
const of = (...values: number[]): Float64Array => Float64Array.from(values);

const geometryOf = (view: Geometry["view"], width: number): Geometry => ({
  view,
  width,
  height: 100,
  ratio: 1,
  scale: "linear",
  low: 0,
  high: 10,
});

test("columns of a plan are the pixels of the view, and half a screen on each side", () => {
  const plan = pointPlan(WANTED, { from: 1000, to: 3000 }, 500);
  expect(plan.columns).toBe(1000);
  expect(plan.window).toEqual({ from: 0, to: 4000 });
});

test.each([0, 0.3, 7, 123.456])("a view that was pushed by %d pixels is back on whole columns", (push) => {
  const view = { from: 1000, to: 3000 };
  const plan = pointPlan(WANTED, view, 500);
  const pushed = alignedView({ from: view.from + push * 4, to: view.to + push * 4 }, plan, 500);
  expect((pushed.from - plan.window.from) / 4).toBeCloseTo(Math.round(250 + push), 6);
  expect(pushed.to - pushed.from).toBeCloseTo(2000, 6);
});

test("points lie in the middle of their pixel, by the columns they were thinned in", () => {
  const view = { from: 1000, to: 3000 };
  const plan = pointPlan(WANTED, view, 500);
  const x = placesInPixels(of(996, 1000, 1003.9, 1004, 2999), plan, geometryOf(view, 500));
  expect([...x]).toEqual([-0.5, 0.5, 0.5, 1.5, 499.5]);
});

test("what was cut for another zoom lies where it is", () => {
  const plan = pointPlan(WANTED, { from: 0, to: 4000 }, 500);
  const x = placesInPixels(of(1000, 1001), plan, geometryOf({ from: 1000, to: 2000 }, 500));
  expect([...x]).toEqual([0, 0.5]);
});

test("a line breaks where a value has no place on the scale", () => {
  const line = lineThrough(of(1, 2, 3), of(10, Number.NaN, 0), geometryOf({ from: 0, to: 1 }, 1));
  expect([...line]).toEqual([1, 0, 2, Number.NaN, 3, 100]);
});

test("heights make room for what is in view, or for what is next to it", () => {
  const series = [{ place: of(0, 10, 20, 30), value: of(500, 1, 2, 900) }];
  const seen = heightsFor(series, { from: 5, to: 25 }, "linear");
  expect(seen.low).toBeLessThan(1);
  expect(seen.low).toBeGreaterThan(0.8);
  expect(seen.high).toBeGreaterThan(2);
  expect(seen.high).toBeLessThan(2.2);
  const between = heightsFor(series, { from: 12, to: 18 }, "linear");
  expect(between.low).toBeLessThan(1);
  expect(between.high).toBeGreaterThan(2);
  const flat = heightsFor([{ place: of(1), value: of(4) }], { from: 0, to: 2 }, "linear");
  expect([flat.low, flat.high]).toEqual([3.8, 4.2]);
});
