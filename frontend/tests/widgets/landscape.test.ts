import { expect, test } from "vitest";
import { decodeLandscapeList, type Landscape, landscapesPath } from "../../src/api/landscape.ts";
import { APART, cellsOf } from "../../src/widgets/landscape/cells.ts";
import { viewOf } from "../../src/widgets/landscape/controls.tsx";
import { factsOf, mayBeWalk, sharperOf } from "../../src/widgets/landscape/facts.tsx";
import {
  axisName,
  contoursOf,
  profilesOf,
  type Sight,
  shellsOf,
  surfacesOf,
} from "../../src/widgets/landscape/figure.ts";
import { gridOf, heightAt, heightsOf, nearestToZero, profileOf } from "../../src/widgets/landscape/grid.ts";
import { atStep, tableOf } from "../../src/widgets/landscape/model.ts";
import { readSettings } from "../../src/widgets/landscape/settings.ts";
import { plotTheme } from "../../src/widgets/plot/theme.ts";

const THEME = plotTheme("light");

/** The loss 1 + a + 10 b + 100 c on a grid of 3, 4 and 5 places. */
function landscape(run: string, directions: number, changed: Partial<Landscape> = {}): Landscape {
  const axes = [3, 4, 5]
    .slice(0, directions)
    .map((count) => Float64Array.from({ length: count }, (_, i) => i - 1));
  const shape = [0, 1, 2].map((i) => axes[i] ?? Float64Array.of(0));
  const [as = [], bs = [], cs = []] = shape;
  const loss = Float64Array.from(
    [...as].flatMap((a) => [...bs].flatMap((b) => [...cs].map((c) => 1000 + a + 10 * b + 100 * c))),
  );
  return {
    run,
    tag: "plane",
    step: 100,
    axes,
    loss,
    checkpoints: null,
    directions: "random",
    normalize: "filter",
    centreLoss: 1000,
    minimum: 889,
    minimumAt: axes.map(() => -1),
    sharpness: 4,
    epsilon: 0.05,
    epsilonSharpness: 0.5,
    explained: [],
    warnings: [],
    problems: [],
    ...changed,
  };
}

function sight(landscapes: readonly Landscape[], changed: Partial<Sight> = {}): Sight {
  const heights = heightsOf(landscapes, "linear");
  if (heights === null) throw new Error("no heights");
  return { landscapes, heights, colours: new Map(), depth: null, columns: 2, ...changed };
}

test("stored settings that can't be used fall back to their defaults", () => {
  expect(readSettings({ tag: 1, view: "x", scale: "log", step: "1", depth: 1.5 })).toEqual({
    tag: null,
    view: "surface",
    scale: "log",
    beside: true,
    step: null,
    depth: null,
  });
});

test("a grid has a row for each place of the second direction, at one place of the third", () => {
  const cube = landscape("a", 3);
  const { heights } = sight([cube]);
  const rows = gridOf(cube, heights, 2);
  expect(rows.map((row) => Array.from(row))).toEqual([
    [1089, 1090, 1091],
    [1099, 1100, 1101],
    [1109, 1110, 1111],
    [1119, 1120, 1121],
  ]);
  expect(gridOf(cube, heights, 99)[0]?.[0]).toBe(1000 - 1 - 10 + 300);
});

test("a profile goes through the weights, and the table has every point", () => {
  const cube = landscape("a", 3);
  expect(Array.from(profileOf(cube, 0))).toEqual([999, 1000, 1001]);
  expect(Array.from(profileOf(cube, 2))).toEqual([900, 1000, 1100, 1200, 1300]);
  expect(nearestToZero(cube.axes[2])).toBe(1);
  const { columns } = tableOf([cube, landscape("b", 2)]);
  expect(columns.map(({ name }) => name)).toEqual(["run", "step", "alpha", "beta", "gamma", "loss"]);
  const [, , alpha, beta, gamma, loss] = columns.map(({ values }) => values);
  const at = (column: ArrayLike<string | number> | undefined, i: number) => Number(column?.[i]);
  for (const i of [0, 7, 33, 59])
    expect(at(loss, i)).toBe(1000 + at(alpha, i) + 10 * at(beta, i) + 100 * at(gamma, i));
  expect(at(gamma, 60)).toBeNaN();
});

test("the height of a path is that of the surface between its points, and there is none outside", () => {
  const plane = landscape("a", 2);
  const [x = new Float64Array(), y = new Float64Array()] = plane.axes;
  const rows = gridOf(plane, sight([plane]).heights, 0);
  expect(heightAt(x, y, rows, [0.25, 1.5])).toBeCloseTo(1000.25 + 15);
  expect(heightAt(x, y, rows, [1, 2])).toBeCloseTo(1021);
  expect(heightAt(x, y, rows, [1.01, 0])).toBeNaN();
});

test("a log scale is of all landscapes together, with ticks that say losses", () => {
  const low = landscape("a", 1, { loss: Float64Array.of(0.01, Number.NaN, 1) });
  const high = landscape("b", 1, { loss: Float64Array.of(0.1, 1, 100) });
  const heights = heightsOf([low, high], "log");
  expect(heights?.range.map((one) => Math.round(one))).toEqual([-2, 2]);
  expect(heights?.ticktext).toEqual(["0.01", "0.1", "1", "10", "100"]);
  const narrow = heightsOf([landscape("a", 1, { loss: Float64Array.of(1, 2, 3) })], "log");
  expect(narrow?.ticktext).toEqual(["1", "1.73", "3"]);
});

test("losses at or below zero make the axis linear, and unknown ones alone give no picture", () => {
  expect(heightsOf([landscape("a", 1, { loss: Float64Array.of(-1, 2, 3) })], "log")?.scale).toBe("linear");
  expect(heightsOf([landscape("a", 1, { loss: new Float64Array(3).fill(Number.NaN) })], "log")).toBeNull();
});

test("runs side by side have scenes of their own and one scale", () => {
  const { traces, layout } = surfacesOf(sight([landscape("a", 2), landscape("b", 2)]), THEME);
  const surfaces = traces.filter((trace) => trace.type === "surface");
  expect(surfaces.map(({ scene, cmin, cmax }) => [scene, cmin, cmax])).toEqual([
    ["scene", 989, 1021],
    ["scene2", 989, 1021],
  ]);
  expect(layout?.scene?.zaxis?.range).toEqual(layout?.scene2?.zaxis?.range);
  expect(layout?.annotations?.map(({ text }) => text)).toEqual(["a · step 100", "b · step 100"]);
});

test("the training's path and the lowest point are drawn in space and from above", () => {
  const line = Float64Array.of(1, 0.5, 0);
  const checkpoints = { at: [line, line], step: line, loss: line, distance: line };
  const shown = sight([landscape("a", 2, { checkpoints })]);
  for (const figure of [surfacesOf(shown, THEME), contoursOf(shown, THEME)]) {
    const names = figure.traces.map(({ name }) => name);
    expect(names).toEqual([undefined, "training", "weights", "lowest"]);
  }
  expect(profilesOf(shown, THEME).traces.length).toBe(2);
});

test("a point that is not known takes no shell away", () => {
  const loss = landscape("a", 3).loss.map((value, i) => (i === 0 ? Number.NaN : value));
  const [trace] = shellsOf(sight([landscape("a", 3, { loss })]), THEME).traces;
  expect(trace?.type === "isosurface" && Array.from(trace.value as Float64Array).every(Number.isFinite)).toBe(
    true,
  );
});

test("what can't be seen of few directions is not offered", () => {
  expect([viewOf("surface", 1), viewOf("isosurface", 2), viewOf("isosurface", 3)]).toEqual([
    "profile",
    "surface",
    "isosurface",
  ]);
});

test("directions are named by what they are", () => {
  expect(axisName(landscape("a", 2), 1)).toBe("random direction 2");
  expect(axisName(landscape("a", 2, { directions: "pca", explained: [0.61] }), 0)).toBe("component 1 (61 %)");
  expect(axisName(landscape("a", 2, { directions: "toString" }), 0)).toBe("direction 1");
});

test("sharpness is told in words, and compared", () => {
  expect(factsOf(landscape("a", 2)).join(" ")).toContain("rises by 1 over a step of about 0.707");
  expect(factsOf(landscape("a", 2, { sharpness: -1 })).join(" ")).toContain("do not lie in a bowl");
  const unknown = landscape("a", 2, { sharpness: Number.NaN, epsilonSharpness: Number.NaN });
  expect(factsOf(unknown)).toEqual(["Loss 1000 at the weights, lowest 889."]);
  const sharp = landscape("plain", 2, { sharpness: 48 });
  expect(sharperOf([landscape("res", 2), sharp])).toMatch(/plain.* is 12 times as sharp as .*res/);
  expect(sharperOf([sharp, unknown])).toBeNull();
  expect(sharperOf([sharp, landscape("b", 2, { sharpness: 47 })])).toContain("about as sharp");
});

test("of principal components it is said what a random walk makes, unless the summary says so itself", () => {
  expect(mayBeWalk(landscape("a", 2, { directions: "pca" }))).toBe(true);
  expect(mayBeWalk(landscape("a", 2, { directions: "pca", warnings: ["a random walk…"] }))).toBe(false);
  expect(mayBeWalk(landscape("a", 2))).toBe(false);
});

test("each run shows its last landscape by a step, or its first where all are later", () => {
  const at = (run: string, step: number) => ({ run, tag: "t", step });
  const every = [at("a", 0), at("a", 50), at("b", 100), at("a", 100)];
  expect(atStep(every, 60)).toEqual([at("a", 50), at("b", 100)]);
  expect(atStep(every, null)).toEqual([at("a", 100), at("b", 100)]);
});

test("pictures stand in rows from the top, and don't overlap", () => {
  const [first, second, third] = cellsOf(3, 2, APART);
  expect([first?.x[0], first?.y[1]]).toEqual([0, 1]);
  expect(third?.y[0]).toBeCloseTo(0);
  expect(second?.x[0]).toBeGreaterThan(first?.x[1] ?? 1);
  expect(third?.y[1]).toBeLessThan(first?.y[0] ?? 0);
});

test("the wire is read without trust", () => {
  expect(
    decodeLandscapeList({ landscape: [{ columns: { run: ["a"], tag: [1], step: [null] } }] }).landscapes,
  ).toEqual([{ run: "a", tag: "", step: Number.NaN }]);
  expect(decodeLandscapeList(null).landscapes).toEqual([]);
  expect(landscapesPath([{ run: "a b", tag: "t", step: 3 }])).toBe(
    "landscape/surface?format=safetensors&run=a+b&tag=t&step=3",
  );
});

test("a profile has ticks of its own losses, whatever the corners of the grid hold", () => {
  const base = landscape("a", 2);
  const loss = base.loss.map((_, i) => (i === 0 ? 1e9 : 1 + i / 10));
  const heights = heightsOf([{ ...base, loss }], "log");
  if (heights === null) throw new Error("no heights");
  const { layout } = profilesOf({ ...sight([{ ...base, loss }]), heights }, THEME);
  const ticks = Array.from(layout?.yaxis?.tickvals ?? []).map(Number);
  expect(ticks.length).toBeGreaterThan(1);
  expect(Math.max(...ticks)).toBeLessThan(3);
});
