import { expect, test } from "vitest";
import type { Alert } from "../../src/api/alerts.ts";
import type { Candles } from "../../src/api/types.ts";
import { countOf } from "../../src/base/words/alerts.ts";
import { alertsByRow, clustersOf, rowOfStep, worstOf } from "../../src/data/marks.ts";

/** Candles of steps 0–9, 10–19 and, after a gap, 50–59, on whatever axis. */
const CANDLES = {
  columns: { first_step: Float64Array.of(0, 10, 50), last_step: Float64Array.of(9, 19, 59) },
} as unknown as Candles;

const alert = (firstStep: number, severity: Alert["severity"] = "warning"): Alert => ({
  run: "a",
  tag: "loss",
  kind: "spike",
  severity,
  firstStep,
  lastStep: firstStep,
  value: 1,
  message: "",
  detector: "",
});

test("an alert belongs to the candle that holds its first step, and to none in a gap or outside", () => {
  expect([0, 9, 10, 19, 50].map((step) => rowOfStep(CANDLES, step))).toEqual([0, 0, 1, 1, 2]);
  expect([-1, 30, 60].map((step) => rowOfStep(CANDLES, step))).toEqual([-1, -1, -1]);
  const rows = alertsByRow([alert(12), alert(3), alert(17), alert(30)], CANDLES);
  expect([...rows].map(([row, there]) => [row, there.map((one) => one.firstStep)])).toEqual([
    [1, [12, 17]],
    [0, [3]],
  ]);
});

test("marks that would overlap become one, and no two clusters overlap", () => {
  const wide = (members: readonly number[]) => (members.length === 1 ? 20 : 60);
  const clusters = clustersOf([0, 100, 112, 145, 400], wide);
  expect(clusters.map(({ members }) => members)).toEqual([[0], [1, 2, 3], [4]]);
  clusters.slice(1).forEach((cluster, i) => {
    const before = clusters[i];
    expect((before?.x ?? 0) + (before?.halfPx ?? 0)).toBeLessThanOrEqual(cluster.x - cluster.halfPx);
  });
});

test("a cluster that grows wider takes in the one before it", () => {
  const wide = (members: readonly number[]) => members.length * 20;
  expect(clustersOf([0, 20, 35], wide).map(({ members }) => members)).toEqual([[0, 1, 2]]);
});

test("a cluster is as grave as its worst alert and is named by its kind", () => {
  expect(worstOf([alert(1, "info"), alert(2, "critical")])).toBe("critical");
  expect(countOf(["spike"])).toBe("1 spike");
  expect(countOf(new Array(12).fill("spike"))).toBe("12 spikes");
  expect(countOf(["spike", "plateau"])).toBe("2 alerts");
});
