import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import { decodeTrajectory, type Trajectory, trajectoryPath } from "../../src/api/trajectory.ts";
import { arrowScale, arrowsOf } from "../../src/widgets/dynamics/arrows.ts";
import {
  axisNames,
  colourRange,
  endOf,
  flatOf,
  type Scene,
  spaceOf,
} from "../../src/widgets/dynamics/figure.ts";
import { axisTags, tableOf } from "../../src/widgets/dynamics/model.ts";
import { readSettings } from "../../src/widgets/dynamics/settings.ts";
import { plotTheme } from "../../src/widgets/plot/theme.ts";
import { runsOf } from "./workspace.ts";

const THEME = plotTheme("light");

function path(run: string, count: number, changed: Partial<Trajectory> = {}): Trajectory {
  const column = (scale: number) => Float64Array.from({ length: count }, (_, i) => i * scale);
  return {
    run,
    tags: ["loss", "accuracy", "lr"],
    steps: count,
    window: 5,
    isComplete: true,
    extent: [10, 20, 30],
    explained: null,
    weights: [],
    constant: [],
    step: column(10),
    epoch: null,
    position: [column(1), column(2), column(3)],
    smooth: [column(1), column(2), column(3)],
    velocity: [column(0), column(0), column(0)],
    momentum: [column(0.1), column(0.2), column(0)],
    curvature: Float64Array.from({ length: count }, (_, i) => 10 ** (i - 2)),
    ...changed,
  };
}

const scene = (paths: readonly Trajectory[], changed: Partial<Scene> = {}): Scene => ({
  paths,
  colours: new Map([["a", "#112233"]]),
  colour: "step",
  momentum: true,
  smooth: true,
  log: false,
  until: null,
  ...changed,
});

test("stored settings that can't be used fall back to their defaults", () => {
  expect(readSettings({ axes: "x", tags: [1, "loss"], colour: 7, window: 8, momentum: 0 })).toEqual({
    axes: "metrics",
    tags: [null, "loss", null],
    colour: "step",
    momentum: true,
    smooth: true,
    log: false,
    window: 9,
  });
  expect(readSettings({ tags: "loss", window: -1 }).window).toBeNull();
});

test("axes are filled up with tags of the run in focus, none of them twice and never the epoch", () => {
  const workspace = {
    runs: signal(runsOf({ a: { loss: 1, epoch: 2, accuracy: 3, lr: 4 }, b: { other: 1 } })),
    choice: signal({ focus: "a", checked: ["a", "b"], tag: "loss" }),
  };
  expect(axisTags(workspace, [null, null, null])).toEqual(["loss", "accuracy", "lr"]);
  expect(axisTags(workspace, [null, "lr", null])).toEqual(["loss", "lr", "accuracy"]);
  expect(axisTags(workspace, ["lr", "loss", "other"])).toEqual(["lr", "loss", "other"]);
});

test("a space has an axis for each metric, and a path, arrows and ends for each run", () => {
  const { traces, layout } = spaceOf(scene([path("a", 20), path("b", 20)]), THEME);
  expect(layout?.scene?.zaxis?.title).toEqual({ text: "lr" });
  expect(traces.every(({ type }) => type === "scatter3d")).toBe(true);
  expect(
    traces.filter((trace) => "name" in trace && trace.name !== undefined).map(({ name }) => name),
  ).toEqual(["a", "b", "momentum"]);
});

test("what comes after the slider is left out of the path, and its end is marked there", () => {
  const one = path("a", 20);
  expect([endOf(one, null), endOf(one, 55), endOf(one, -1)]).toEqual([20, 6, 0]);
  const drawn = spaceOf(scene([one], { until: 55, momentum: false }), THEME).traces;
  expect(drawn.map((trace) => ("x" in trace && trace.x ? trace.x.length : 0))).toEqual([20, 6, 2]);
});

test("flat pictures show two axes each, and of two metrics there is one", () => {
  const flat = flatOf(scene([path("a", 20)]), THEME);
  expect(flat.layout?.xaxis2?.title).toEqual({ text: "loss" });
  const two = path("a", 9, { tags: ["loss", "lr"], position: path("a", 9).position.slice(0, 2) });
  expect(flatOf(scene([two]), THEME).layout?.xaxis2).toBeUndefined();
});

test("the longest arrow is a small share of the picture, and all go by the same scale", () => {
  const paths = [path("a", 20), path("b", 200)];
  const scale = arrowScale(paths);
  const lengths = paths.flatMap((one) => {
    const { tips, shafts } = arrowsOf({ path: one, place: one.smooth, end: one.step.length }, scale);
    return (tips[0] ?? []).map((_, i) =>
      Math.hypot(
        ...tips.map((tip, axis) => ((tip[i] ?? 0) - (shafts[axis]?.[3 * i] ?? 0)) / (one.extent[axis] ?? 1)),
      ),
    );
  });
  expect(Math.max(...lengths)).toBeCloseTo(0.12);
  expect(lengths).toHaveLength(2 * 8);
  expect(arrowScale([path("a", 1)])).toBe(0);
});

test("arrows have their run's colour, and one entry of the legend says what they are", () => {
  const colours = new Map([
    ["a", "#112233"],
    ["b", "#445566"],
  ]);
  const { traces } = spaceOf({ ...scene([path("a", 25), path("b", 25)]), colours }, THEME);
  const tips = traces.filter((trace) => trace.type === "scatter3d" && trace.marker?.symbol === "diamond");
  expect(tips).toMatchObject([
    { showlegend: false, marker: { color: "#112233" } },
    { showlegend: false, marker: { color: "#445566" } },
    { name: "momentum", showlegend: true },
  ]);
});

test("a smooth path is drawn over that of the points, and log axes are only where all is above zero", () => {
  const one = path("a", 4, { smooth: [1, 2, 3].map((scale) => new Float64Array(4).fill(scale)) });
  const above = { ...one, position: [one.position[0] ?? new Float64Array(4), ...one.smooth.slice(1)] };
  const [thin, thick] = spaceOf(scene([above], { log: true }), THEME).traces;
  expect([thin, thick].map((trace) => trace?.type === "scatter3d" && Array.from<unknown>(trace.x))).toEqual([
    [0, 1, 2, 3],
    [1, 1, 1, 1],
  ]);
  const { layout } = spaceOf(scene([above], { log: true }), THEME);
  expect([layout?.scene?.xaxis?.type, layout?.scene?.zaxis?.type]).toEqual(["linear", "log"]);
});

test("turns are coloured by their order of magnitude, and straight lines by nothing", () => {
  const range = colourRange(scene([path("a", 5)], { colour: "curvature" }));
  expect(range?.map((one) => Math.round(one))).toEqual([-2, 2]);
  const straight = path("a", 5, { curvature: new Float64Array(5) });
  expect(colourRange(scene([straight], { colour: "curvature" }))).toBeNull();
});

test("components are named by their share, and the table has every drawn point of every run", () => {
  const combined = path("a", 4, { explained: [0.8, 0.15, 0.05] });
  expect(axisNames({ paths: [combined] })[0]).toBe("component 1 (80 %)");
  const { columns } = tableOf([path("a", 4), path("b", 3)]);
  expect(columns.map(({ name }) => name)).toContain("momentum of loss");
  expect(columns.map(({ values }) => values.length)).toEqual(columns.map(() => 7));
});

test("what is asked for stands in the address", () => {
  const query = { runs: ["a"], axes: "metrics", tags: ["x", "y"], window: 9, limit: 100 } as const;
  expect(trajectoryPath(query)).toBe(
    "trajectory?format=safetensors&axes=metrics&run=a&tag=x&tag=y&window=9&limit=100",
  );
});

test("an answer without its columns is refused", () => {
  const header = JSON.stringify({ __metadata__: { trajectory: '[{"run": "a"}]', progress: "null" } });
  const body = new Uint8Array(8 + header.length);
  new DataView(body.buffer).setBigUint64(0, BigInt(header.length), true);
  body.set(new TextEncoder().encode(header), 8);
  expect(() => decodeTrajectory(body.buffer)).toThrow("column step is missing");
});
