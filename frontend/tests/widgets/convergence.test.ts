import { expect, test } from "vitest";
import { type Convergence, convergencePath } from "../../src/api/convergence.ts";
import { figureOf } from "../../src/widgets/convergence/figure.ts";
import { tableOf } from "../../src/widgets/convergence/model.ts";
import { readSettings } from "../../src/widgets/convergence/settings.ts";
import { plotTheme } from "../../src/widgets/plot/theme.ts";

const THEME = plotTheme("light");
const NAN = Number.NaN;
const UNKNOWN = { value: NAN, low: NAN, high: NAN };

function told(run: string, changed: Partial<Convergence> = {}): Convergence {
  return {
    run,
    tag: "loss",
    unit: null,
    polarity: "lower_is_better",
    verdict: "converged",
    sentences: ["It has levelled off."],
    points: 3,
    firstStep: 0,
    lastStep: 20,
    horizon: 40,
    bestStep: 20,
    bestValue: 0.6,
    stopStep: NAN,
    outlook: {
      model: "exponential",
      asymptote: { value: 0.5, low: 0.4, high: 0.6 },
      level: UNKNOWN,
      final: UNKNOWN,
      convergedStep: { value: 11, low: 9, high: 13 },
      halfLife: UNKNOWN,
      gapClosed: 0.9,
      noise: 0.1,
    },
    columns: {
      step: Float64Array.of(0, 10, 20, 40),
      value: Float64Array.of(2, 1, 0.6, NAN),
      lowest: Float64Array.of(2, 1, 0.6, NAN),
      highest: Float64Array.of(2, 1, 0.6, NAN),
      count: Float64Array.of(1, 1, 1, 0),
      curve: Float64Array.of(2, 1, 0.7, 0.55),
      low: Float64Array.of(1.9, 0.9, 0.6, 0.4),
      high: Float64Array.of(2.1, 1.1, 0.8, 0.7),
    },
    ...changed,
  };
}

const figure = (series: readonly Convergence[], isLog = false) =>
  figureOf({ series, colours: new Map([["a", "#112233"]]), isLog }, THEME);

test("what is asked names how far ahead and how patient", () => {
  const query = { series: [{ run: "a", tag: "loss" }], ahead: 4, patience: 3, polarity: null };
  expect(convergencePath(query)).toBe("convergence?format=safetensors&ahead=4&patience=3&run=a&tag=loss");
  expect(convergencePath({ ...query, polarity: "higher_is_better" })).toContain("polarity=higher_is_better");
});

test("stored settings that can't be used fall back to their defaults", () => {
  expect(readSettings({ tag: 3, ahead: 2, axis: "cube", patience: 0 })).toEqual({
    tag: null,
    ahead: "1",
    axis: "linear",
    patience: 10,
  });
});

test("the band goes there and back, bins end where the series does, and marks have a form each", () => {
  const { traces, layout } = figure([told("a")]);
  expect(traces[0]).toMatchObject({
    x: [0, 10, 20, 40, 40, 20, 10, 0],
    y: [2.1, 1.1, 0.8, 0.7, 0.4, 0.6, 0.9, 1.9],
    fillcolor: "#11223338",
  });
  expect(traces[1]).toMatchObject({ mode: "markers", name: "a" });
  expect(traces.slice(3)).toMatchObject([
    { x: [20], y: [0.6], marker: { symbol: "star" } },
    { x: [11], y: [1], marker: { symbol: "diamond" } },
  ]);
  expect(layout?.shapes).toMatchObject([{ y0: 0.5 }, { x0: 20, x1: 20 }]);
});

test("without a curve there is the series and its best", () => {
  const { columns } = told("a");
  const none = new Float64Array(4).fill(NAN);
  const one = told("a", {
    outlook: null,
    columns: { ...columns, curve: none, low: none, high: none },
  });
  expect(figure([one]).traces).toHaveLength(2);
});

test("several runs are told apart by their dashes, and only the first has marks", () => {
  const { traces } = figure([told("a"), told("b")]);
  const dashes = traces.flatMap((trace) =>
    trace.type === "scatter" && trace.line?.dash ? [trace.line.dash] : [],
  );
  expect(new Set(dashes).size).toBe(2);
  expect(traces).toHaveLength(8);
});

test("axes are logarithmic only where all values have a logarithm", () => {
  expect(figure([told("a")], true).layout).toMatchObject({ xaxis: { type: "log" }, yaxis: { type: "log" } });
  const { columns } = told("a");
  const below = told("a", { columns: { ...columns, value: Float64Array.of(1, 0, -1, NAN) } });
  expect(figure([below], true).layout).toMatchObject({ xaxis: { type: "log" }, yaxis: { type: "linear" } });
});

test("the table has every bin and every step ahead", () => {
  const { columns } = tableOf([told("a"), told("b")]);
  expect(columns[0]?.values).toEqual(["a", "a", "a", "a", "b", "b", "b", "b"]);
  expect(columns.map(({ name }) => name)).toContain("high");
});

test("on logarithmic axes a band that ends below zero goes down as far as is drawn, in one piece", () => {
  const { columns } = told("a");
  const wide = told("a", { columns: { ...columns, low: Float64Array.of(1.9, 0.9, -0.2, -3) } });
  const [band] = figure([wide], true).traces;
  if (band?.type !== "scatter") throw new Error("no band");
  const lowest = Math.min(...(band.y as number[]));
  expect(lowest).toBeGreaterThan(0);
  expect(lowest).toBeLessThan(0.55);
  // Step 0 has no place there.
  expect(Array.from(band.x as number[])).toEqual([10, 20, 40, 40, 20, 10]);
  const [asIs] = figure([wide], false).traces;
  expect(asIs?.type === "scatter" && Math.min(...(asIs.y as number[]))).toBe(-3);
});

test("a plateau below zero is not drawn where there is no zero", () => {
  const { outlook } = told("a");
  const below = told("a", { outlook: outlook && { ...outlook, asymptote: { value: -1, low: -2, high: 0 } } });
  expect(figure([below], true).layout?.shapes).toHaveLength(1);
  expect(figure([below], false).layout?.shapes).toHaveLength(2);
});

test("the legend shows the dashes that tell runs apart without their colours", () => {
  const named = figure([told("a"), told("b")]).traces.filter(
    (trace) => trace.type === "scatter" && trace.mode === "lines" && trace.showlegend !== false,
  );
  expect(named.map((trace) => trace.type === "scatter" && trace.line?.dash)).toEqual(["solid", "dash"]);
});

test("the axis has room for values, curves and a band that is no wider than they are high", () => {
  const rangeOf = (series: readonly Convergence[], isLog = false) =>
    figure(series, isLog).layout?.yaxis?.range ?? [NAN, NAN];
  const [low, high] = rangeOf([told("a")]);
  expect(low).toBeGreaterThan(0.3);
  expect(high).toBeLessThan(2.2);
  const { columns } = told("a");
  const wide = {
    ...columns,
    low: Float64Array.of(1, -5, -1e6, -1e9),
    high: Float64Array.of(2, 3, 1e6, 1e9),
  };
  const [least = NAN, most = NAN] = rangeOf([told("a", { columns: wide })]);
  expect(most - least).toBeLessThan(2.2 * 1.45);
  const [under = NAN, above = NAN] = rangeOf([told("a", { columns: wide })], true);
  expect(above - under).toBeLessThan(2);
  const none = new Float64Array(4).fill(NAN);
  const empty = told("a", {
    outlook: null,
    columns: { ...columns, value: none, curve: none, low: none, high: none },
  });
  expect(figure([empty]).layout?.yaxis?.range).toBeUndefined();
});

test("a long name is cut in the legend, at neither of its ends", () => {
  const run = `sweep/${"x".repeat(80)}/lr=0.01`;
  const names = figure([told(run)]).traces.flatMap((trace) => ("name" in trace ? [trace.name ?? ""] : []));
  const [name = ""] = names.filter((one) => one.startsWith("sweep/"));
  expect(name.endsWith("/lr=0.01")).toBe(true);
  expect(name.length).toBeLessThan(30);
});
