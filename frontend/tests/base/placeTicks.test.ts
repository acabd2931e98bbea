import { expect, test } from "vitest";
import { placeTicks } from "../../src/base/placeTicks.ts";
import { valueTicks } from "../../src/base/valueTicks.ts";

const labels = (ticks: readonly { readonly label: string }[]) => ticks.map(({ label }) => label);

test("steps are marked at round numbers, and never between two of them", () => {
  expect(labels(placeTicks("steps", { from: 0, to: 1000 }, 180))).toEqual([
    "0",
    "200",
    "400",
    "600",
    "800",
    "1000",
  ]);
  expect(labels(placeTicks("steps", { from: 3, to: 6 }, 0.2))).toEqual(["3", "4", "5", "6"]);
});

test("epochs have fractions where there is room for them", () => {
  expect(labels(placeTicks("epochs", { from: 1, to: 2 }, 0.2))).toEqual([
    "1.0",
    "1.2",
    "1.4",
    "1.6",
    "1.8",
    "2.0",
  ]);
});

test("time since the begin is marked as people count it", () => {
  expect(labels(placeTicks("seconds", { from: 0, to: 3600 }, 700))).toEqual([
    "0s",
    "15m",
    "30m",
    "45m",
    "1h",
  ]);
});

test("the clock's marks are as many seconds apart, and a day's first is its date", () => {
  const midnight = new Date(2026, 10, 21).getTime() / 1000;
  const ticks = placeTicks("wall_time", { from: midnight - 7200, to: midnight + 7200 }, 3000);
  expect(ticks.map(({ place }) => place - midnight)).toEqual([-7200, -3600, 0, 3600, 7200]);
  expect(labels(ticks)).toEqual(["22:00", "23:00", "21 Nov", "01:00", "02:00"]);
});

test("values are marked at round numbers of each scale", () => {
  expect(labels(valueTicks(-1, 1, 0.4, "linear"))).toEqual(["-1", "-0.5", "0", "0.5", "1"]);
  expect(labels(valueTicks(-2, 1, 0.9, "log"))).toEqual(["0.01", "0.1", "1", "10"]);
  expect(labels(valueTicks(-4, 4, 0.9, "symlog"))).toContain("0");
  expect(valueTicks(1, 1, 0.1, "linear")).toEqual([]);
});
