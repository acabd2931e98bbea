import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import { decodeOutputs, imagePath, outputsPath, type Predictions } from "../../src/api/outputs.ts";
import { moved, within } from "../../src/widgets/outputs/confusion.tsx";
import {
  matrixOf,
  mistakesOf,
  nameOf,
  offBy,
  rowsOf,
  tableOf,
  topScores,
} from "../../src/widgets/outputs/examples.ts";
import { outputsIn, withoutEnd } from "../../src/widgets/outputs/model.ts";
import { scatterFigure } from "../../src/widgets/outputs/numbers.tsx";
import { readSettings } from "../../src/widgets/outputs/settings.ts";
import { plotTheme } from "../../src/widgets/plot/theme.ts";

// Three examples of two classes, of which the last is taken for the first class.
const ANSWER = {
  outputs: [
    {
      run: "a",
      tags: [
        { tag: "val/outputs", kind: "outputs", images: "val/images", step_count: 2, steps: [10, 20] },
        { tag: "val/images", kind: "images", images: "val/images", step_count: 1, steps: [20] },
      ],
      tag: "val/outputs",
      step: 20,
      wall_time: 1,
      kind: "outputs",
      total: 5,
      kept: 3,
      classes: ["cat", "dog"],
      right: 4,
      off_by: null,
      confusion: { label: [0, 1, 1], predicted: [0, 0, 1], count: [2, 1, 2] },
      images: { tag: "val/images", step: 20, count: 2 },
      problems: [],
      columns: {
        row: [0, 1, 2],
        predicted: [0, 1, 0],
        label: [0, 1, 1],
        scores: [
          [0.9, 0.1],
          [0.25, 0.75],
          [0.6, 0.4],
        ],
      },
    },
  ],
};

const OUTPUTS = decodeOutputs(ANSWER).outputs;
if (OUTPUTS?.predictions == null) throw new Error("no predictions");
const PREDICTIONS: Predictions = OUTPUTS.predictions;
const CONFUSED = OUTPUTS;

const FLOATS: Predictions = {
  ...PREDICTIONS,
  classes: [],
  predicted: Float64Array.of(1, 2, 5, 6),
  label: Float64Array.of(1, 4, 5, 5),
  width: 2,
  scores: null,
  right: Number.NaN,
  confusion: null,
};

test("predictions and their images are asked for by run, tag and step", () => {
  const query = { run: "a b", tag: "val/outputs", step: null, limit: 9 };
  expect(outputsPath(query)).toBe("outputs?run=a+b&tag=val%2Foutputs&limit=9");
  expect(outputsPath({ ...query, step: 20 })).toContain("&step=20");
  expect(imagePath("a", { tag: "val/images", step: 20, count: 2 }, 1)).toBe(
    "outputs/image?run=a&tag=val%2Fimages&step=20&index=1",
  );
});

test("an image that was logged anew, at the same step, has another address", () => {
  const paths = [1.5, 2].map((wall_time) => {
    const { outputs } = decodeOutputs({ outputs: [{ ...ANSWER.outputs[0], wall_time }] });
    return outputs?.images && imagePath("a", outputs.images, 1, outputs.wallTime);
  });
  const path = "outputs/image?run=a&tag=val%2Fimages&step=20&index=1";
  expect(paths).toEqual([`${path}&time=1.5`, `${path}&time=2`]);
});

test("an answer is read with all steps of its tag", () => {
  expect(CONFUSED).toMatchObject({ run: "a", step: 20, steps: [10, 20], images: { count: 2 }, problems: [] });
  expect(PREDICTIONS).toMatchObject({ total: 5, kept: 3, right: 4, width: 1, classes: ["cat", "dog"] });
  expect(PREDICTIONS.scores).toEqual(Float64Array.of(0.9, 0.1, 0.25, 0.75, 0.6, 0.4));
  expect(PREDICTIONS.confusion?.[1]).toEqual({ label: 1, predicted: 0, count: 1 });
});

test("what could not be read of a step is told, and images alone are no predictions", () => {
  const [item] = ANSWER.outputs;
  const broken = decodeOutputs({ outputs: [{ ...item, kind: undefined, problems: ["step 20: cut off"] }] });
  expect(broken.outputs).toMatchObject({ predictions: null, problems: ["step 20: cut off"] });
  const images = decodeOutputs({ outputs: [{ ...item, kind: "images", columns: {} }] }).outputs;
  expect(images?.predictions).toBeNull();
  expect(images && rowsOf(images, { onlyWrong: false, cell: null })).toEqual([0, 1]);
  expect(decodeOutputs({ outputs: [] }).outputs).toBeNull();
});

test("rows of several floats are read one after the other", () => {
  const [item] = ANSWER.outputs;
  const columns = {
    predicted: [
      [1, 2],
      [3, null],
    ],
    label: [
      [1, 2],
      [3, 4],
    ],
  };
  const found = decodeOutputs({ outputs: [{ ...item, confusion: null, columns }] }).outputs?.predictions;
  expect(found).toMatchObject({ width: 2, scores: null, confusion: null });
  expect(found?.predicted).toEqual(Float64Array.of(1, 2, 3, Number.NaN));
});

test("mistakes alone are shown, or the examples of one cell", () => {
  const rows = (onlyWrong: boolean, cell: { label: number; predicted: number } | null) =>
    rowsOf(CONFUSED, { onlyWrong, cell });
  expect(rows(false, null)).toEqual([0, 1, 2]);
  expect(rows(true, null)).toEqual([2]);
  expect(rows(false, { label: 1, predicted: 1 })).toEqual([1]);
  expect(rows(true, { label: 1, predicted: 1 })).toEqual([]);
});

test("the classes that were given most come first, and bars are shares of all classes", () => {
  expect(topScores(PREDICTIONS, 2)).toEqual([
    { name: "cat", score: 0.6, share: 0.6, isLabel: false },
    { name: "dog", score: 0.4, share: 0.4, isLabel: true },
  ]);
  const logits = { ...PREDICTIONS, scores: Float64Array.of(2, 0, 0, 0, 0, 0) };
  const [first, second] = topScores(logits, 0);
  expect(first?.share).toBeCloseTo(Math.exp(2) / (Math.exp(2) + 1), 12);
  expect((first?.share ?? 0) + (second?.share ?? 0)).toBeCloseTo(1, 12);
  expect(topScores(FLOATS, 0)).toEqual([]);
});

test("a matrix counts every pair; what is right is as strong as its share of the row, mistakes against the worst", () => {
  const matrix = matrixOf(PREDICTIONS);
  expect(matrix?.names).toEqual(["cat", "dog"]);
  expect(matrix?.counts).toEqual(Float64Array.of(2, 0, 1, 2));
  expect(matrix?.strengths).toEqual(Float64Array.of(1, 0, 1, 2 / 3));
});

test("of very many classes the most frequent mistakes are told instead", () => {
  const confusion = [
    { label: 0, predicted: 0, count: 99 },
    { label: 7, predicted: 300, count: 2 },
    { label: 300, predicted: 7, count: 5 },
  ];
  expect(matrixOf({ ...PREDICTIONS, confusion })).toBeNull();
  expect(matrixOf({ ...PREDICTIONS, confusion: [{ label: -1, predicted: 0, count: 1 }] })).toBeNull();
  expect(mistakesOf(confusion).map(({ count }) => count)).toEqual([5, 2]);
  expect(nameOf(["cat"], 7)).toBe("class 7");
});

test("arrows go from cell to cell and stay inside", () => {
  expect(moved("ArrowRight", { label: 1, predicted: 0 }, 2)).toEqual({ label: 1, predicted: 1 });
  expect(moved("ArrowDown", { label: 1, predicted: 0 }, 2)).toEqual({ label: 1, predicted: 0 });
  expect(moved("End", { label: 0, predicted: 0 }, 5)).toEqual({ label: 0, predicted: 4 });
  expect(moved("x", { label: 0, predicted: 0 }, 5)).toBeNull();
});

test("where a matrix gets smaller, the keyboard still finds a cell of it", () => {
  expect(within({ label: 9, predicted: 3 }, 2)).toEqual({ label: 1, predicted: 1 });
  expect(within({ label: 0, predicted: 1 }, 2)).toEqual({ label: 0, predicted: 1 });
});

test("floats are told by how far they are off, and drawn against the line where they would be right", () => {
  expect([offBy(FLOATS, 0), offBy(FLOATS, 1)]).toEqual([1, 0.5]);
  const [right, points] = scatterFigure(FLOATS, plotTheme("light")).traces;
  expect(right).toMatchObject({ x: [1, 6], y: [1, 6] });
  expect(points).toMatchObject({ x: FLOATS.label, y: FLOATS.predicted });
});

test("rows of very many floats, and some that are none, have a diagonal all the same", () => {
  const label = new Float64Array(200_000).fill(3);
  const predicted = label.map((one, i) => (i === 0 ? Number.NaN : one + (i % 2)));
  const [right] = scatterFigure({ ...FLOATS, predicted, label, width: 500 }, plotTheme("light")).traces;
  expect(right).toMatchObject({ x: [3, 4], y: [3, 4] });
});

test("the table has a row for each example", () => {
  const classes = tableOf(PREDICTIONS).columns.map(({ name, values }) => [name, ...values]);
  expect(classes).toEqual([
    ["row", 0, 1, 2],
    ["predicted", "cat", "dog", "cat"],
    ["true", "cat", "dog", "dog"],
    ["score", 0.9, 0.75, 0.6],
  ]);
  const floats = tableOf(FLOATS).columns.map(({ name, values }) => [name, ...values]);
  expect(floats).toEqual([
    ["row", 0, 1],
    ["predicted_0", 1, 5],
    ["true_0", 1, 5],
    ["predicted_1", 2, 6],
    ["true_1", 4, 5],
  ]);
});

test("predictions with images come first, and images that go with none last", () => {
  const records = {
    outputs: { "a/outputs": 1, "b/outputs": 1 },
    images: { "b/images": 1, filters: 2 },
  };
  const workspace = {
    runs: signal({ runs: [{ name: "r", records }] } as never),
    choice: signal({ focus: "r", checked: ["r"], tag: null }),
  };
  expect(outputsIn(workspace).map(({ tag }) => tag)).toEqual(["b/outputs", "a/outputs", "filters"]);
  expect([withoutEnd("val/outputs"), withoutEnd("filters")]).toEqual(["val", "filters"]);
});

test("stored settings that can't be used fall back", () => {
  const usual = { run: null, tag: null, view: "both", onlyWrong: false };
  expect(readSettings({ run: 3, tag: [], view: "x", onlyWrong: "yes" })).toEqual(usual);
  const set = { run: "a", tag: "t", view: "confusion", onlyWrong: true };
  expect(readSettings(set)).toEqual(set);
});
