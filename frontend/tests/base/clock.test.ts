import { expect, test } from "vitest";
import { clockTick, clockWeight, formatMoment, formatTimeOfDay } from "../../src/base/clock.ts";
import { formatClock } from "../../src/base/placeTicks.ts";

/** Of the place where the test runs. */
const at = (hours: number, minutes: number, seconds = 0) =>
  new Date(2026, 10, 21, hours, minutes, seconds).getTime() / 1000;

test("a bucket is labelled with the roundest time that lies in it", () => {
  expect(clockTick(at(14, 3, 27), 120)).toBe("14:05");
  expect(clockTick(at(13, 40), 3600)).toBe("14:00");
  expect(clockTick(at(23, 30), 3600)).toBe("22 Nov");
  expect(clockTick(at(14, 3, 27), 1)).toBe("14:03:27");
});

test("rounder times get their label first", () => {
  const times = [at(14, 3, 27), at(14, 3, 30), at(14, 4), at(14, 5), at(14, 30), at(14, 0), at(0, 0)];
  const weights = times.map((time) => clockWeight(time, 1));
  expect(weights).toEqual([...weights].sort((a, b) => a - b));
  expect(new Set(weights).size).toBeGreaterThan(5);
});

test("a time of day is as fine as the buckets are", () => {
  expect(formatTimeOfDay(at(9, 5, 7), 1)).toBe("21 Nov 09:05:07");
  expect(formatTimeOfDay(at(9, 5, 7), 60)).toBe("21 Nov 09:05");
});

test("a moment is told to the millisecond, and what is no time by a dash", () => {
  const moment = at(9, 5, 7) + 0.125;
  expect([formatMoment(moment, false), formatMoment(moment, true)]).toEqual([
    "09:05:07.125",
    "21 Nov 09:05:07.125",
  ]);
  for (const none of [Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
    expect([formatMoment(none, true), formatClock(none)]).toEqual(["–", "–"]);
  }
});
