import { expect, test } from "vitest";
import { complexityPath, decodeComplexity } from "../../src/api/complexity.ts";
import { MOST_DRAWN, radarOf, spokesOf } from "../../src/widgets/complexity/radar.ts";
import {
  batchesOf,
  endsOf,
  formatBytes,
  leastOf,
  nameOf,
  placeOf,
  rowsOf,
  tableOf,
} from "../../src/widgets/complexity/rows.ts";
import { plotTheme } from "../../src/widgets/plot/theme.ts";

const THEME = plotTheme("light");

function answer(count = 2) {
  const column = (value: (row: number) => unknown) => Array.from({ length: count }, (_, row) => value(row));
  return {
    complexity: [
      {
        models: count,
        notes: column(() => ({ flops: "counted" })),
        problems: [{ run: "x", tag: "t", step: 1, what: "not a file" }],
        columns: {
          run: column((row) => `run${row}`),
          tag: column(() => "complexity"),
          model: column((row) => (row === 0 ? "small" : "large")),
          framework: column(() => "torch"),
          device: column(() => "cpu"),
          step: column(() => 0),
          examples: column((row) => 10 * (row + 1)),
          layers: column((row) => 20 * (row + 1)),
          depth: column(() => 18),
          parameters: column((row) => 1000 * 100 ** row),
          trainable: column((row) => 1000 * 100 ** row),
          parameter_bytes: column((row) => 4000 * 100 ** row),
          flops: column((row) => 1e6 * (row + 1)),
          activation_bytes: column(() => null),
          gradient_noise_scale: column((row) => (row === 0 ? 812 : null)),
          latency_low: column(() => 0.1),
          latency: column(() => 0.2),
          latency_high: column(() => 0.3),
        },
      },
    ],
  };
}

const models = (count = 2) => decodeComplexity(answer(count)).models;

test("an answer is read with what is missing, and what could not be read", () => {
  const { models: found, problems } = decodeComplexity(answer());
  expect(found[0]?.costs.parameters).toBe(1000);
  expect(found[1]?.costs.gradient_noise_scale).toBeNaN();
  expect(found[0]?.notes).toEqual({ flops: "counted" });
  expect(problems).toEqual(["not a file"]);
  expect(decodeComplexity(null).models).toEqual([]);
  expect(complexityPath({ runs: ["a b", "c"] })).toBe("complexity?run=a+b&run=c");
});

test("what depends on the inputs is told for one example, and what nobody measured left out", () => {
  const rows = rowsOf(models());
  expect(rows.map(({ name }) => name)).not.toContain("activation_bytes");
  expect(rows.find(({ name }) => name === "flops")?.values).toEqual([1e5, 1e5]);
  expect(rows.find(({ name }) => name === "latency")?.values).toEqual([0.02, 0.01]);
});

test("batches are told apart where latency was measured with several sizes", () => {
  expect(batchesOf(models(3))).toEqual([10, 30]);
  expect(batchesOf(models(1))).toBeNull();
  const untimed = models(2).map((one, at) =>
    at === 0 ? one : { ...one, costs: { ...one.costs, latency: Number.NaN } },
  );
  expect(batchesOf(untimed)).toBeNull();
});

test("the least is marked where less is cheaper and the models differ", () => {
  const least = Object.fromEntries(rowsOf(models()).map((row) => [row.name, leastOf(row)]));
  expect(least).toMatchObject({ parameters: 0, latency: 1, flops: null, layers: null });
  expect(rowsOf(models(1)).map(leastOf)).toEqual(rowsOf(models(1)).map(() => null));
});

test("axes are logarithms over ten times at least", () => {
  expect(endsOf([10, 1000])).toEqual([10, 1000]);
  const [low, high] = endsOf([100, 100]) ?? [0, 0];
  expect(high / low).toBeCloseTo(10);
  expect(Math.sqrt(low * high)).toBeCloseTo(100);
  expect(endsOf([Number.NaN, 0])).toBeNull();
  expect(placeOf(1000, [10, 1000])).toBeCloseTo(1);
  expect(placeOf(100, [10, 1000])).toBeCloseTo(0.56);
  expect(placeOf(0, [10, 1000])).toBe(0);
  expect(placeOf(Number.NaN, [10, 1000])).toBeNaN();
});

test("a radar has a shape for each model, and the ends of every axis beside its name", () => {
  const { traces } = radarOf(models(), new Map([["run0", "#112233"]]), false, THEME);
  expect(traces.map(({ type }) => type)).toEqual(["scatterpolar", "scatterpolar"]);
  const [small] = traces;
  if (small?.type !== "scatterpolar") throw new Error("no radar");
  expect(small.theta).toContain("Parameters\n1k – 100k");
  expect(small.theta.at(-1)).toBe(small.theta[0]);
  expect(spokesOf(models()).map(({ row }) => row.name)).not.toContain("parameter_bytes");
  expect(radarOf(models(20), new Map(), false, THEME).traces).toHaveLength(MOST_DRAWN);
});

test("models of one name are told apart by their runs", () => {
  const [small, large] = models();
  const third = models(3)[2];
  if (!small || !large || !third) throw new Error("no models");
  expect(nameOf(small, [small, large])).toBe("small");
  expect(nameOf(large, [small, large, third])).toBe("large · run1");
});

test("bytes have a unit", () => {
  expect([0, 999, 1000, 35_640_000, 2e15].map((bytes) => formatBytes(bytes))).toEqual([
    "0 B",
    "999 B",
    "1 kB",
    "35.64 MB",
    "2 PB",
  ]);
});

test("a table has every number as it was logged", () => {
  const { columns } = tableOf(models());
  expect(columns.find(({ name }) => name === "flops")?.values).toEqual(Float64Array.of(1e6, 2e6));
  expect(columns.map(({ name }) => name)).toContain("latency_high");
});
