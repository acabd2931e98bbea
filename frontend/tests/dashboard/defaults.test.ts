import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import { READY_MADE, readyMade, seenIn, startLayout } from "../../src/dashboard/defaults.ts";
import { activeTab } from "../../src/dashboard/model.ts";
import type { Kind } from "../../src/widgets/kind.tsx";
import { WIDGETS } from "../../src/widgets/registry.ts";
import { runsOf } from "../widgets/workspace.ts";

const RUNS = runsOf({
  a: { lr: 1, "train/loss": 1, "train/accuracy": 0.5, "val/accuracy": 0.4 },
  b: { "train/loss": 1 },
});

const seen = (checked: readonly string[], withEpochs: readonly string[]) =>
  seenIn({
    choice: signal({ focus: checked[0] ?? null, checked, tag: null }),
    runs: signal({
      ...RUNS,
      runs: RUNS.runs.map((run) => ({ ...run, hasEpochs: withEpochs.includes(run.name) })),
    }),
  });

function placed(name: string, kinds: readonly Kind[], ...of: Parameters<typeof seen>) {
  const layout = READY_MADE.find((one) => one.name === name);
  if (!layout) throw new Error(`no layout ${name}`);
  return activeTab(readyMade(layout, kinds, seen(...of))).widgets;
}

test("models are compared by the loss and the accuracy that they logged, on epochs where all have them", () => {
  const lines = placed("Two models", WIDGETS, ["a", "b"], ["a", "b"]).filter(({ type }) => type === "line");
  expect(lines.map(({ settings }) => settings)).toEqual([
    { tag: "train/loss", axis: "epochs" },
    { tag: "val/accuracy", axis: "epochs" },
  ]);
  expect(lines.map(({ x, w }) => [x, w])).toEqual([
    [0, 6],
    [6, 6],
  ]);
  const [loss] = placed("Two models", WIDGETS, ["a", "b"], ["a"]).filter(({ type }) => type === "line");
  expect(loss?.settings.axis).toBe("steps");
});

test("where no run has an accuracy its line shows the tag that is picked", () => {
  const [, accuracy] = placed("Two models", WIDGETS, ["b"], []).filter(({ type }) => type === "line");
  expect(accuracy?.settings.tag).toBeNull();
});

test("a ready-made layout leaves out kinds that there are not, and its neighbour takes the room", () => {
  const some = WIDGETS.filter(({ type }) => type === "line" || type === "arguments");
  const widgets = placed("Two models", some, ["a", "b"], []);
  expect(widgets.map(({ type, x, w }) => [type, x, w])).toEqual([
    ["line", 0, 6],
    ["line", 6, 6],
    ["arguments", 0, 12],
  ]);
  expect(widgets.at(-1)?.settings).toEqual({ onlyDifferences: true });
});

test("every ready-made layout fills the width of each of its rows, and none of its widgets overlap", () => {
  for (const { name, places } of READY_MADE) {
    const rows = Math.max(...places.map(([, , y, , h]) => y + h));
    for (let row = 0; row < rows; row++) {
      const across = places.filter(([, , y, , h]) => y <= row && row < y + h);
      expect([name, row, across.reduce((sum, [, , , w]) => sum + w, 0)]).toEqual([name, row, 12]);
    }
  }
});

test("where there is no run yet, what starts one comes first", () => {
  const [first] = activeTab(startLayout(WIDGETS)).widgets;
  expect([first?.type, first?.y]).toEqual(["experiments", 0]);
});
