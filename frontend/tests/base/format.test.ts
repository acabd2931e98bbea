import { expect, test } from "vitest";
import {
  formatBucket,
  formatBytes,
  formatCompact,
  formatDuration,
  formatInteger,
  formatValue,
} from "../../src/base/format.ts";

test.each([
  [0, "0"],
  [0.1234567891, "0.123457"],
  [1234.5678, "1234.57"],
  [-2.5, "-2.5"],
  [1.5e-7, "1.5e-7"],
  [123456789, "1.23457e8"],
  [Number.NaN, "–"],
])("value %d reads %s", (value, text) => expect(formatValue(value)).toBe(text));

test.each([
  [0, "0s"],
  [0.00004, "40µs"],
  [0.25, "250ms"],
  [1.5, "1.5s"],
  [90, "1m30s"],
  [7200, "2h"],
  [5400, "1h30m"],
  [97200, "1d3h"],
  [-90, "-1m30s"],
  [0.00099996, "1ms"],
  [0.9996, "1s"],
  [59.9996, "1m"],
  [3599.9999, "1h"],
])("%d seconds read %s", (value, text) => expect(formatDuration(value)).toBe(text));

test("counts, bytes and short numbers", () => {
  expect(formatInteger(1234567)).toBe("1,234,567");
  expect(formatBytes(0)).toBe("0 B");
  expect(formatBytes(1_530_000)).toBe("1.53 MB");
  expect(formatCompact(999)).toBe("999");
  expect(formatCompact(1_250_000)).toBe("1.25M");
  expect([999_600, -999_600, 999_499, 999.7].map(formatCompact)).toEqual(["1M", "-1M", "999k", "1k"]);
  expect([999_999, 999_400].map(formatBytes)).toEqual(["1 MB", "999 KB"]);
});

test("a bucket says in words which part of the axis it holds", () => {
  expect(formatBucket("steps", 1000, 1000)).toBe("steps 1,000–1,999");
  expect(formatBucket("steps", 7, 1)).toBe("step 7");
  expect(formatBucket("epochs", 4, 2)).toBe("epochs 4–5");
  expect(formatBucket("seconds", 90, 10)).toBe("1m30s–1m40s");
});
