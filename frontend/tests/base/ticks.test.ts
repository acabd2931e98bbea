import { expect, test } from "vitest";
import { formatDigits } from "../../src/base/format.ts";
import { formatDistinct, formatTick, tickUnit, tickWeight } from "../../src/base/ticks.ts";

test("rounder places outrank others", () => {
  const ranked = [7, 15, 20, 50, 100, 500, 1000, 0].map((value) => tickWeight("steps", value));
  expect(ranked).toEqual([...ranked].sort((a, b) => a - b));
  expect(new Set(ranked).size).toBe(ranked.length);
});

test("on the time axis minutes and hours outrank round decimals", () => {
  const rank = (value: number) => tickWeight("seconds", value);
  expect(rank(60)).toBeGreaterThan(rank(50));
  expect(rank(3600)).toBeGreaterThan(rank(1000));
  expect(rank(86400)).toBeGreaterThan(rank(3600));
  expect(rank(0.5)).toBeGreaterThan(rank(0.1));
});

test("labels are short where the short form is exact and in full where it is not", () => {
  const labels = (values: number[]) => values.map((value) => formatTick("steps", value, tickUnit(values)));
  expect(labels([0, 500, 1000])).toEqual(["0", "500", "1000"]);
  expect(labels([0, 5000, 10_000])).toEqual(["0", "5k", "10k"]);
  expect(labels([500_000, 1_000_000, 1_500_000])).toEqual(["500k", "1M", "1.5M"]);
  expect(labels([1_234_560, 1_234_570])).toEqual(["1,234,560", "1,234,570"]);
});

test("times read as durations", () => {
  expect(formatTick("seconds", 90, 1)).toBe("1m30s");
  expect(formatTick("seconds", 7200, 1)).toBe("2h");
});

test("price labels take the digits that tell them apart", () => {
  expect(formatDistinct([0.1, 0.2, 0.3], formatDigits)).toEqual(["0.1", "0.2", "0.3"]);
  expect(formatDistinct([2.30001, 2.30002], formatDigits)).toEqual(["2.30001", "2.30002"]);
  expect(formatDistinct([-0.2, 5.55e-17, 0.2], formatDigits)).toEqual(["-0.2", "0", "0.2"]);
});
