import { expect, test } from "vitest";
import { decodeHyperparameters, hyperparametersPath, type Study } from "../../src/api/hyperparameters.ts";
import { countSentence, trustSentence } from "../../src/base/words/hyperparameters.ts";
import { numberScale, scaleOf } from "../../src/widgets/hyperparameters/axis.ts";
import { tableOf } from "../../src/widgets/hyperparameters/model.ts";
import {
  byImportance,
  flatParallelOf,
  importanceOf,
  parallelOf,
} from "../../src/widgets/hyperparameters/parallel.ts";
import { readSettings } from "../../src/widgets/hyperparameters/settings.ts";
import { mapOf, rowsOf, surfaceOf } from "../../src/widgets/hyperparameters/surface.ts";
import { plotTheme } from "../../src/widgets/plot/theme.ts";

const THEME = plotTheme("light");
const LOOK = { uncertainty: false, focus: "b" };

const ANSWER = {
  progress: null,
  hyperparameters: [
    {
      tag: "loss",
      target: "best",
      polarity: "lower_is_better",
      unit: null,
      verdict: "fitted",
      best: "b",
      fitted: 3,
      diverged: 1,
      parameters: [
        { name: "optimizer", kind: "choice", choices: ["adam", null], importance: 0.2, spread: 0.1 },
        { name: "lr", kind: "number", log: true, low: 0.001, high: 0.1, importance: 0.7, spread: 0.05 },
      ],
      together: 0.1,
      left_out: { output_dir: "names" },
      fit: {
        runs: 3,
        explained: 0.9,
        log: true,
        axes: ["lr", "optimizer"],
        x: "lr",
        y: "optimizer",
        x_values: [0.001, 0.01, 0.1],
        y_values: ["adam", null],
        mean: [
          [1, 0.1, 1],
          [10, 1, 10],
        ],
        low: [
          [0.5, 0.05, 0.5],
          [5, 0.5, 5],
        ],
        high: [
          [2, 0.2, 2],
          [20, 2, 20],
        ],
      },
      next: [
        {
          arguments: { lr: 0.02, optimizer: "adam" },
          config: { lr: 0.02, optimizer: "adam", epochs: 3 },
          mean: 0.09,
          low: 0.05,
          high: 0.2,
        },
      ],
      columns: {
        run: ["a", "b", "c", "d"],
        state: ["fitted", "fitted", "fitted", "diverged"],
        value: [1, 0.1, 10, null],
        step: [1, 2, 3, null],
        "arguments.optimizer": ["adam", "adam", null, "adam"],
        "arguments.lr": [0.001, 0.01, null, 9],
      },
    },
  ],
};

function study(changed: Partial<Study> = {}): Study {
  const found = decodeHyperparameters(ANSWER).study;
  if (found === null) throw new Error("no study");
  return { ...found, ...changed };
}

const fitOf = ({ fit }: Study) => {
  if (fit === null) throw new Error("no fit");
  return fit;
};

test("an answer is read with what is missing", () => {
  const found = study();
  expect(found.value).toEqual([1, 0.1, 10, Number.NaN]);
  expect(found.given.get("lr")).toEqual([0.001, 0.01, null, 9]);
  expect(found.fit?.yValues).toEqual(["adam", null]);
  expect(found.next[0]?.config).toEqual({ lr: 0.02, optimizer: "adam", epochs: 3 });
  expect(decodeHyperparameters({ hyperparameters: [], progress: { done: 1, total: 2 } })).toEqual({
    progress: { done: 1, total: 2, what: "" },
    study: null,
  });
});

test("what is asked for goes into the address, and what is not set is left to the server", () => {
  const query = { tag: "a/b", runs: ["x"], target: "last", polarity: null, x: "lr", y: null } as const;
  expect(hyperparametersPath(query)).toBe("hyperparameters?tag=a%2Fb&target=last&run=x&x=lr");
});

test("stored settings that can't be used fall back to their defaults", () => {
  expect(readSettings({ view: "pie", target: 3, which: "some", x: "", y: "lr", uncertainty: 1 })).toEqual({
    tag: null,
    target: "best",
    which: "all",
    view: "surface",
    x: null,
    y: "lr",
    uncertainty: false,
  });
  expect(readSettings({ x: "lr", y: "lr" }).y).toBeNull();
});

test("numbers of many magnitudes stand by their logarithms, choices side by side", () => {
  const [optimizer, lr] = study().parameters;
  if (!optimizer || !lr) throw new Error("no parameters");
  const scale = scaleOf(lr);
  expect(scale.place(0.01)).toBeCloseTo(-2);
  expect(scale.ticks?.ticktext).toEqual(["0.001", "0.01", "0.1"]);
  expect(scale.place("adam")).toBeNaN();
  expect(scaleOf(optimizer).place(null)).toBe(1);
  expect(scaleOf(optimizer).ticks?.ticktext).toEqual(["adam", "not given"]);
  expect(scaleOf(optimizer).place("sgd")).toBeNaN();
  expect(numberScale("x", 3, 4, true).ticks?.tickvals).toHaveLength(2);
});

test("a surface has the runs first, so that a click means one of them", () => {
  const found = study();
  const { traces, layout } = surfaceOf(found, fitOf(found), LOOK, THEME);
  expect(traces.map(({ type }) => type)).toEqual(["scatter3d", "scatter3d", "scatter3d", "surface"]);
  expect(rowsOf(found)).toEqual([0, 1, 2]);
  expect(traces[0]).toMatchObject({ y: [0, 0, 1], z: [0, -1, 1] });
  expect(layout?.scene?.zaxis?.title).toEqual({ text: "loss" });
  const sheet = traces.at(-1);
  // What is read is the number, not the logarithm that it is drawn by.
  expect(sheet?.type === "surface" && sheet.text?.[0]?.[0]).toMatch(/^lr: 0\.\d+\noptimizer: .*\nloss: /);
  const unsure = surfaceOf(found, fitOf(found), { ...LOOK, uncertainty: true }, THEME);
  expect(unsure.traces.filter(({ type }) => type === "surface")).toHaveLength(3);
});

test("a map shows the runs that diverged too, and how unsure it is where that is asked for", () => {
  const found = study();
  const { traces } = mapOf(found, fitOf(found), LOOK, THEME);
  expect(traces.map(({ type }) => type)).toEqual(["scatter", "scatter", "scatter", "scatter", "contour"]);
  expect(traces[1]).toMatchObject({ name: "diverged", y: [0] });
  const unsure = mapOf(found, fitOf(found), { ...LOOK, uncertainty: true }, THEME).traces.at(-1);
  // Half of four times as much, by logarithms.
  expect(unsure && "z" in unsure && Array.isArray(unsure.z[0]) && unsure.z[0][0]).toBeCloseTo(Math.log10(2));
});

test("one parameter makes a line with its band", () => {
  const found = study();
  const fit = {
    ...fitOf(found),
    y: null,
    yValues: [],
    mean: [[1, 2, 3]],
    low: [[1, 1, 2]],
    high: [[2, 3, 4]],
  };
  const { traces } = surfaceOf(found, fit, LOOK, THEME);
  expect(traces.every(({ type }) => type === "scatter")).toBe(true);
  expect(traces.some((trace) => "fill" in trace && trace.fill === "tonexty")).toBe(true);
});

test("parallel axes begin with what matters most and end with the target", () => {
  const [trace] = parallelOf(study(), THEME).traces;
  const dimensions = trace?.type === "parcoords" ? trace.dimensions : [];
  expect(dimensions.map(({ label }) => label)).toEqual(["lr", "optimizer", "loss"]);
  // Not given: below the lowest.
  expect(dimensions[0]?.values[2]).toBeCloseTo(-3.2);
  expect(dimensions[0]?.range?.[0]).toBeCloseTo(-3.2);
});

test("without WebGL every run is still a line, in the colour of how well it did", () => {
  const { traces, layout } = flatParallelOf(study(), THEME);
  const points = traces.flatMap((trace) => (trace.type === "scatter" ? [...trace.y] : []));
  expect(points.filter((value) => value === null)).toHaveLength(3);
  expect(layout?.xaxis?.ticktext).toEqual(["lr", "optimizer", "loss"]);
});

test("importance has a bar for each parameter, and one for what they do only together", () => {
  expect(byImportance(study()).map(({ name }) => name)).toEqual(["lr", "optimizer"]);
  const { traces, layout } = importanceOf(study(), THEME);
  expect(layout?.yaxis?.ticktext).toEqual(["only together", "optimizer", "lr"]);
  expect(traces[0]).toMatchObject({ x: [0.1, 0.2, 0.7] });
});

test("how far a surface can be relied on is told", () => {
  expect(trustSentence(-0.2, "")).toContain("don't rely on it");
  expect(trustSentence(Number.NaN, "")).toContain("don't rely on it");
  expect(trustSentence(0.3, "30 %")).toContain("only 30 %");
  expect(trustSentence(0.9, "90 %")).toContain("90 %");
});

test("a table has every run with what it was given", () => {
  const { columns } = tableOf(study());
  expect(columns.map(({ name }) => name)).toEqual(["run", "state", "loss", "optimizer", "lr"]);
  expect(columns[3]?.values).toEqual(["adam", "adam", Number.NaN, "adam"]);
});

test("one run is counted as one", () => {
  expect(countSentence("1", null)).toBe("1 run.");
  expect(countSentence("4", "2")).toMatch(/^4 runs; 2 more/);
});
