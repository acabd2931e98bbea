import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import {
  type AttentionCurves,
  type AttentionMaps,
  attentionPath,
  decodeAttention,
  decodeMaps,
  mapsPath,
} from "../../src/api/attention.ts";
import { decodeRuns } from "../../src/api/runs.ts";
import { MISSING, shadeOf, VIRIDIS } from "../../src/widgets/attention/colours.ts";
import { curvesFigure, mapFigure, meanOf, ofLayer, wordsAlong } from "../../src/widgets/attention/figures.ts";
import { geometryOf, moved } from "../../src/widgets/attention/geometry.ts";
import { cellsFor } from "../../src/widgets/attention/model.ts";
import { labelsOf, mostOf, pixelsOf } from "../../src/widgets/attention/paint.ts";
import { curveWords } from "../../src/widgets/attention/sentences.tsx";
import { readSettings } from "../../src/widgets/attention/settings.ts";
import { curvesTable, mapsTable } from "../../src/widgets/attention/table.ts";
import { plotTheme } from "../../src/widgets/plot/theme.ts";
import { chosen, nearest, sourcesOf } from "../../src/widgets/sources.ts";

const THEME = plotTheme("light");

const maps = (changed: Partial<AttentionMaps> = {}): AttentionMaps => ({
  progress: null,
  step: 30,
  layers: 1,
  heads: 2,
  queries: 4,
  keys: 4,
  rows: 2,
  columns: 2,
  poolQueries: 2,
  poolKeys: 2,
  oddRows: 0,
  examples: 1,
  tokens: ["a", "b", "c", "d"],
  queryTokens: ["a", "b", "c", "d"],
  problems: [],
  places: [
    { layer: 0, head: 0 },
    { layer: 0, head: 1 },
  ],
  weights: Float64Array.of(1, 0, 0.5, Number.NaN, 0.25, 0.25, 0.25, 0.25),
  measures: {
    entropy: Float64Array.of(0.5, 1),
    entropy_share: Float64Array.of(0.3, 1),
    distance: Float64Array.of(1, 2),
    similarity: Float64Array.of(0.5, 0.5),
  },
  ...changed,
});

// Two steps of two layers of two heads.
const curves = (changed: Partial<AttentionCurves> = {}): AttentionCurves => ({
  layers: 2,
  heads: 2,
  steps: 2,
  step: Float64Array.of(0, 10),
  entropy: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  entropyShare: Float64Array.of(1, 0.9, 1, 0.9, 0.1, 0.2, Number.NaN, 0.2),
  distance: Float64Array.of(1, 1, 1, 1, 3, 3, 3, 3),
  similarity: Float64Array.of(0.9, 0.8, 0.1, 0.2),
  problems: [],
  problemCount: 0,
  ...changed,
});

test("asks for curves and maps by run, tag and step, and for one head alone", () => {
  const source = { run: "a b", tag: "t/x" };
  expect(attentionPath(source)).toBe("attention?format=safetensors&run=a+b&tag=t%2Fx");
  expect(mapsPath({ ...source, step: 7, size: 32, head: null })).toBe(
    "attention/maps?format=safetensors&run=a+b&tag=t%2Fx&step=7&size=32",
  );
  expect(mapsPath({ ...source, step: 7, size: 32, head: { layer: 1, head: 0 } })).toContain(
    "&layer=1&head=0",
  );
});

function safetensors(metadata: Record<string, string>, columns: Record<string, number[]>): ArrayBuffer {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, values] of Object.entries(columns)) {
    header[name] = {
      dtype: "F64",
      shape: [values.length],
      data_offsets: [offset, offset + 8 * values.length],
    };
    offset += 8 * values.length;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const body = new Uint8Array(8 + text.length + offset);
  new DataView(body.buffer).setBigUint64(0, BigInt(text.length), true);
  body.set(text, 8);
  body.set(new Uint8Array(Float64Array.from(Object.values(columns).flat()).buffer), 8 + text.length);
  return body.buffer;
}

test("reads what has come so far of curves, and nothing while there is nothing", () => {
  const progress = JSON.stringify({ done: 1, total: 3, what: "steps" });
  const none = decodeAttention(safetensors({ attention: "[]", progress }, {}));
  expect(none).toEqual({ progress: { done: 1, total: 3, what: "steps" }, curves: null });
  const columns = { step: [3], entropy: [1], entropy_share: [0.5], distance: [2], similarity: [1] };
  const head = JSON.stringify([{ layers: 1, heads: 1, steps: 9, problems: ["x"], problem_count: 4 }]);
  const { curves: found } = decodeAttention(safetensors({ attention: head, progress: "null" }, columns));
  expect(found).toMatchObject({ layers: 1, steps: 9, problems: ["x"], problemCount: 4 });
  expect(found?.entropyShare).toEqual(Float64Array.of(0.5));
  expect(() => decodeAttention(safetensors({ attention: head, progress: "null" }, {}))).toThrow("missing");
});

test("reads maps with the places of their heads, and why there are none", () => {
  const about = {
    step: 5,
    layers: 2,
    heads: 2,
    queries: 5,
    keys: 4,
    pool_queries: 2,
    pool_keys: 2,
    tokens: ["a"],
  };
  const columns = { layer: [1], head: [0], entropy: [1], entropy_share: [1], distance: [1], similarity: [1] };
  const body = safetensors({ maps: JSON.stringify([about]) }, { ...columns, weights: [1, 2, 3, 4, 5, 6] });
  const found = decodeMaps(body);
  expect(found).toMatchObject({
    rows: 3,
    columns: 2,
    step: 5,
    tokens: ["a"],
    places: [{ layer: 1, head: 0 }],
  });
  const bad = decodeMaps(safetensors({ maps: JSON.stringify([{ step: 5, problems: ["bad"] }]) }, {}));
  expect(bad).toMatchObject({ problems: ["bad"], places: [] });
});

test("runs tell what was logged, whatever else stands there", () => {
  const run = { name: "a", records: { attention: { t: 3, u: "x" }, outputs: 7 } };
  const [found] = decodeRuns({ runs: [run, { name: "b" }] }, null).runs;
  expect(found?.records).toEqual({ attention: { t: 3, u: 0 }, outputs: {} });
});

test("settings that are none fall back to what is usual", () => {
  const usual = { run: null, tag: null, view: "maps", scale: "head" };
  expect(readSettings({ run: 7, tag: {}, view: "x", scale: null })).toEqual(usual);
  const set = { run: "a", tag: "t", view: "entropy", scale: "all" };
  expect(readSettings(set)).toEqual(set);
});

test("shows what was picked, else the run in focus, else what there is", () => {
  const info = (name: string, tags: Record<string, number>) => ({
    name,
    tags: [],
    volumeTag: null,
    hasEpochs: false,
    records: Object.keys(tags).length > 0 ? { attention: tags } : {},
    startTime: 0,
    endTime: 1,
  });
  const runs = [info("a", { t: 1 }), info("b", { u: 1, t: 1 }), info("c", {}), info("d", { t: 1 })];
  const workspace = {
    runs: signal({ version: "1", runs } as never),
    choice: signal({ focus: "b", checked: ["a", "b", "c"], tag: null } as never),
  };
  const sources = sourcesOf(workspace, "attention");
  expect(sources.map(({ run, tag }) => `${run}/${tag}`)).toEqual(["b/t", "b/u", "a/t"]);
  expect(chosen(sources, { run: "b", tag: "u" })).toEqual({ run: "b", tag: "u" });
  expect(chosen(sources, { run: "gone", tag: "gone" })).toEqual({ run: "b", tag: "t" });
  expect(chosen([], { run: null, tag: null })).toBeNull();
});

test("the nearest step is taken, and the last where none was picked", () => {
  expect(nearest([0, 10, 20], null)).toBe(20);
  expect(nearest([0, 10, 20], 13)).toBe(10);
  expect(nearest([], 13)).toBeNaN();
});

test("the more heads there are, the fewer numbers each map has", () => {
  expect([1, 8, 144, 384, 1e6].map(cellsFor)).toEqual([64, 64, 32, 19, 8]);
});

test("maps are as large as they can be, and never too small to be seen", () => {
  const square = { layers: 2, heads: 4, rows: 8, columns: 8 };
  const wide = geometryOf(square, { width: 1000, height: 300 });
  expect(wide.height).toBeLessThanOrEqual(300);
  expect(wide.cellWidth).toBe(wide.cellHeight);
  const narrow = geometryOf({ ...square, layers: 24, heads: 16 }, { width: 280, height: 200 });
  expect(narrow.cellWidth).toBe(16);
  expect(narrow.at(23, 15).left + narrow.cellWidth).toBeLessThanOrEqual(narrow.width);
  expect(
    geometryOf({ ...square, rows: 1, columns: 1000 }, { width: 500, height: 500 }).cellHeight,
  ).toBeGreaterThan(15);
});

test("arrow keys go from head to head, and not beyond the last", () => {
  const shape = { layers: 2, heads: 3 };
  expect(moved("ArrowRight", 0, shape)).toBe(1);
  expect(moved("ArrowRight", 2, shape)).toBeNull();
  expect(moved("ArrowDown", 1, shape)).toBe(4);
  expect(moved("ArrowDown", 4, shape)).toBeNull();
  expect(moved("ArrowUp", 4, shape)).toBe(1);
  expect([moved("Home", 4, shape), moved("End", 0, shape), moved("x", 0, shape)]).toEqual([0, 5, null]);
});

test("each map is brightest at its own largest weight, or all at that of all", () => {
  expect(mostOf(maps(), "head")).toEqual([1, 0.25]);
  expect(mostOf(maps(), "all")).toEqual([1, 1]);
  const bright = VIRIDIS[255];
  const own = pixelsOf(maps(), "head");
  expect([own[0], own[1], own[3], own[4]]).toEqual([bright, VIRIDIS[0], MISSING, bright]);
  expect(pixelsOf(maps(), "all")[4]).toBe(VIRIDIS[64]);
  expect(shadeOf(3, 0)).toBe(VIRIDIS[0]);
  expect(shadeOf(Number.POSITIVE_INFINITY, 1)).toBe(bright);
});

test("colours go from dark to bright", () => {
  const light = (pixel = 0) =>
    (pixel & 255) * 0.3 + ((pixel >> 8) & 255) * 0.59 + ((pixel >> 16) & 255) * 0.11;
  const all = Array.from(VIRIDIS, light).filter((_, i) => i % 15 === 0);
  expect(all).toEqual([...all].sort((a, b) => a - b));
});

test("every layer and head has its number where there is room", () => {
  const shape = { layers: 1, heads: 4, rows: 1, columns: 1 };
  const wide = labelsOf(shape, geometryOf(shape, { width: 900, height: 900 }));
  expect(wide.map(({ text }) => text)).toEqual(["H0", "H1", "H2", "H3", "L0"]);
  const narrow = labelsOf(shape, geometryOf(shape, { width: 60, height: 900 }));
  expect(narrow.map(({ text }) => text)).toEqual(["H0", "H2", "L0"]);
});

test("words along a pooled map are those of its blocks", () => {
  expect(wordsAlong(["a", "b", "c", "d", "e"], 3, 2)).toEqual(["a … b", "c … d", "e … e"]);
  expect(wordsAlong(["a", "b"], 2, 1)).toEqual(["a", "b"]);
  expect(wordsAlong([], 2, 4)).toEqual(["0", "4"]);
});

test("one head's map says who looks at what", () => {
  const { traces } = mapFigure(maps({ places: [{ layer: 0, head: 0 }] }), THEME);
  expect(traces).toHaveLength(1);
  expect(traces[0]).toMatchObject({ type: "heatmap", zmin: 0 });
  expect(traces[0]).toHaveProperty("text.0.0", "a … b → a … b\nweight 1");
  expect(traces[0]).toHaveProperty("text.1.1", "c … d → c … d\nweight –");
});

test("a layer's curve is the mean of its heads that have a number", () => {
  expect(Array.from(ofLayer(curves(), "entropy", 0))).toEqual([0.95, expect.closeTo(0.15)]);
  expect(Array.from(ofLayer(curves(), "entropy", 1))).toEqual([0.95, 0.2]);
  expect(Array.from(ofLayer(curves(), "similarity", 1))).toEqual([0.8, 0.2]);
  expect(meanOf([])).toBeNaN();
});

test("curves have a thick line for each layer and a thin one for each head", () => {
  const { traces, layout } = curvesFigure(curves(), "entropy", 10, THEME);
  expect(traces).toHaveLength(4);
  expect(traces[0]).toMatchObject({ y: [1, 0.1, null, 0.9, 0.2, null], showlegend: false });
  expect(traces[2]).toMatchObject({ name: "layer 0" });
  expect(layout?.shapes?.[0]).toMatchObject({ x0: 10, x1: 10 });
  expect(curvesFigure(curves(), "similarity", 10, THEME).traces).toHaveLength(2);
});

test("it is said in words what has become of the heads", () => {
  expect(curveWords(curves(), "entropy")).toMatch(/from 95 % to 17.5 %.*fewer tokens/);
  expect(curveWords(curves(), "similarity")).toMatch(/0.85 to 0.15.*different things/);
  expect(curveWords(curves(), "distance")).toContain("3 tokens far on average, 1 at first");
  const still = curves({ similarity: Float64Array.of(0.5, 0.5, 0.52, 0.5) });
  expect(curveWords(still, "similarity")).toContain("as much alike as at first");
  const none = new Float64Array(4).fill(Number.NaN);
  expect(curveWords(curves({ similarity: none }), "similarity")).toContain("one head in each layer");
});

test("exports hold every weight, and every head at every step", () => {
  const weights = mapsTable(maps());
  const column = (name: string) => weights.columns.find((one) => one.name === name)?.values;
  expect(Array.from(column("head") ?? [])).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  expect(Array.from(column("first_query") ?? [])).toEqual([0, 0, 2, 2, 0, 0, 2, 2]);
  expect(Array.from(column("first_key") ?? [])).toEqual([0, 2, 0, 2, 0, 2, 0, 2]);
  const measured = curvesTable(curves());
  const rows = measured.columns.map(({ values }) => Array.from(values as Float64Array).at(-2));
  expect(rows).toEqual([10, 1, 0, 7, Number.NaN, 3, 0.2]);
});
