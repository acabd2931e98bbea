import { expect, test } from "vitest";
import type { KnownSeries } from "../../src/widgets/series.ts";
import { lastValues, tableOf } from "../../src/widgets/skeleton/lastValues.ts";
import { readSettings } from "../../src/widgets/skeleton/settings.ts";
import { known, runsOf } from "./workspace.ts";

const RUNS = runsOf({ a: { loss: 3 }, b: { loss: Number.NaN }, c: { loss: 1 } });
const SERIES = ["a", "b", "c"].map((run) => known(run, "loss"));

const order = (series: readonly KnownSeries[], bestFirst: boolean) =>
  lastValues(series, RUNS, { bestFirst }).map(({ run }) => run);

test("last values stand in the order of the runs, or the best first", () => {
  expect(order(SERIES, false)).toEqual(["a", "b", "c"]);
  expect(order(SERIES, true)).toEqual(["c", "a", "b"]);
});

test("what is best goes by polarity, and what is not finite stands last either way", () => {
  const higher = SERIES.map((one) => ({ ...one, polarity: "higher_is_better" }) as const);
  expect(order(higher, true)).toEqual(["a", "c", "b"]);
});

test("the table holds what is shown", () => {
  expect(tableOf(lastValues(SERIES, RUNS, { bestFirst: true })).columns).toEqual([
    { name: "run", values: ["c", "a", "b"] },
    { name: "last_value", values: Float64Array.of(1, 3, Number.NaN) },
  ]);
});

test("stored settings that can't be used fall back", () => {
  expect(readSettings({ tag: 7, bestFirst: "yes" })).toEqual({ tag: null, bestFirst: false });
  expect(readSettings({ tag: "loss", bestFirst: true })).toEqual({ tag: "loss", bestFirst: true });
});
