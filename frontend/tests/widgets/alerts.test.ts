import { expect, test } from "vitest";
import type { Alert } from "../../src/api/alerts.ts";
import { inScope, placeOf, rowsOf, tableOf, tally } from "../../src/widgets/alerts/rows.ts";
import { readSettings } from "../../src/widgets/alerts/settings.ts";

const alert = (run: string, firstStep: number, severity: Alert["severity"], kind = "spike"): Alert => ({
  run,
  tag: "loss",
  kind,
  severity,
  firstStep,
  lastStep: firstStep,
  value: 1,
  message: "",
  detector: "",
});

const ALERTS = [
  alert("run10", 5, "info", "plateau"),
  alert("run2", 9, "critical", "divergence"),
  alert("run2", 3, "warning"),
  alert("run10", 1, "warning"),
];
const ALL = { kinds: [], severities: [], runs: [] };
const steps = (rows: readonly Alert[]) => rows.map(({ firstStep }) => firstStep);

test("the gravest come first, or the earliest, or run by run as people count", () => {
  expect(steps(rowsOf(ALERTS, { ...ALL, sort: "severity" }))).toEqual([9, 3, 1, 5]);
  expect(steps(rowsOf(ALERTS, { ...ALL, sort: "step" }))).toEqual([1, 3, 5, 9]);
  expect(steps(rowsOf(ALERTS, { ...ALL, sort: "run" }))).toEqual([3, 9, 1, 5]);
});

test("the keyboard stays on its alert while others come before it, and on its place once it is gone", () => {
  const [first, , third] = ALERTS as [Alert, Alert, Alert, Alert];
  expect(placeOf(ALERTS, { alert: null, at: 0 })).toBe(0);
  expect(placeOf(ALERTS, { alert: { ...third }, at: 0 })).toBe(2);
  expect(placeOf([first], { alert: third, at: 2 })).toBe(0);
  expect(placeOf([...ALERTS, alert("new", 0, "critical")].reverse(), { alert: third, at: 2 })).toBe(2);
});

test("filters leave the kinds, severities and runs that are picked, and without any all of them", () => {
  expect(steps(rowsOf(ALERTS, { ...ALL, kinds: ["spike"], sort: "step" }))).toEqual([1, 3]);
  expect(steps(rowsOf(ALERTS, { ...ALL, kinds: ["spike"], severities: ["info"], sort: "step" }))).toEqual([]);
  expect(steps(rowsOf(ALERTS, { ...ALL, runs: ["run2"], sort: "step" }))).toEqual([3, 9]);
  expect(steps(rowsOf(ALERTS, { ...ALL, runs: ["run2"], kinds: ["spike"], sort: "step" }))).toEqual([3]);
});

test("the list is about the checked runs, or about all, and about one tag where one is given", () => {
  expect(steps(inScope(ALERTS, new Set(["run2"]), null))).toEqual([9, 3]);
  expect(inScope(ALERTS, null, null)).toHaveLength(4);
  expect(inScope(ALERTS, null, "accuracy")).toHaveLength(0);
});

test("what there is most of is counted first", () => {
  expect(tally(["b", "a", "b", "c"])).toEqual([
    ["b", 2],
    ["a", 1],
    ["c", 1],
  ]);
});

test("an export has a row for each alert", () => {
  const { columns } = tableOf(ALERTS);
  expect(columns.find(({ name }) => name === "run")?.values).toEqual(["run10", "run2", "run2", "run10"]);
  expect(new Set(columns.map(({ values }) => values.length))).toEqual(new Set([4]));
});

test("stored settings that can't be used fall back", () => {
  expect(
    readSettings({ scope: "some", sort: 7, kinds: "spike", severities: ["fatal", "info"], runs: ["a", 1] }),
  ).toEqual({
    tag: null,
    scope: "checked",
    sort: "severity",
    kinds: [],
    severities: ["info"],
    runs: ["a"],
  });
});
