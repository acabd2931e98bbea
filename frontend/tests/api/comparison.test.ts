import { expect, test } from "vitest";
import { comparisonPath, decodeComparison } from "../../src/api/comparison.ts";
import { BadAnswer } from "../../src/api/errors.ts";
import { comparisonBody } from "./wire.ts";

test("a comparison is asked for by its tag, of some runs or of all", () => {
  const query = { tag: "a&b", runs: ["x y", "z"], baseline: "z", polarity: "higher_is_better" } as const;
  expect(comparisonPath(query)).toBe(
    "comparison?format=safetensors&wait=1&tag=a%26b&run=x+y&run=z&baseline=z&polarity=higher_is_better",
  );
  expect(comparisonPath({ tag: "loss", runs: null, baseline: null, polarity: null })).toBe(
    "comparison?format=safetensors&wait=1&tag=loss",
  );
});

test("an answer holds a row for each run, and its candles one run behind the other", () => {
  const body = comparisonBody({ a: { last: 1, candles: [[1, 4, 0, 2]] }, b: { last: 2 } }, { baseline: "a" });
  const found = decodeComparison(body);
  expect(found.runs).toEqual(["a", "b"]);
  expect([...found.columns.last]).toEqual([1, 2]);
  expect([...found.difference.last]).toEqual([0, 1]);
  expect([found.baseline, found.polarity, found.isComplete]).toEqual(["a", "lower_is_better", true]);
  expect(found.small.perRun).toBe(1);
  expect([...found.small.prices.high]).toEqual([4, Number.NaN]);
});

test("without a baseline no difference is known", () => {
  const { difference, baseline } = decodeComparison(comparisonBody({ a: {}, b: {} }));
  expect(baseline).toBe(null);
  expect([...difference.best]).toEqual([Number.NaN, Number.NaN]);
});

test("while alerts or whole rows are still missing, an answer is not complete", () => {
  expect(decodeComparison(comparisonBody({ a: { alerts: Number.NaN } })).isComplete).toBe(false);
  expect(decodeComparison(comparisonBody({ a: {} }, { is_complete: false })).isComplete).toBe(false);
});

test("an answer without its columns is none", () => {
  expect(() => decodeComparison(comparisonBody({}, {}, ["atr"]))).toThrow(BadAnswer);
});
