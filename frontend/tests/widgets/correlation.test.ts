import { expect, test } from "vitest";
import { type Correlations, correlationPath, pairPath } from "../../src/api/correlation.ts";
import { countSentence, movesOf } from "../../src/base/words/correlation.ts";
import { heatOf, scatterOf } from "../../src/widgets/correlation/figure.ts";
import {
  asMany,
  namesOf,
  pairsOf,
  placeOf,
  strongest,
  tableOf,
} from "../../src/widgets/correlation/model.ts";
import { readSettings } from "../../src/widgets/correlation/settings.ts";
import { plotTheme } from "../../src/widgets/plot/theme.ts";

const THEME = plotTheme("light");
const SERIES = ["a", "b", "c"].map((tag) => ({ run: "r", tag }));
const NAN = Number.NaN;

function correlations(): Correlations {
  const matrix = (...values: readonly number[]) => Float64Array.from(values);
  const same = (value: number) => new Float64Array(9).fill(value);
  return {
    series: SERIES,
    of: "differences",
    maxLag: 0,
    isEveryStep: true,
    order: [2, 0, 1],
    matrices: {
      value: matrix(1, 0.9, -0.3, 0.9, 1, NAN, -0.3, NAN, 1),
      lag: matrix(0, 2, 0, -2, 0, 0, 0, 0, 0),
      lag_steps: same(0),
      points: same(100),
      effective_points: same(60),
      extreme_share: same(0.1),
      p_independent: same(0.01),
      p: same(0.01),
      p_holm: same(0.03),
      p_bh: matrix(NAN, 0.001, 0.2, 0.001, NAN, NAN, 0.2, NAN, NAN),
      width: same(0),
    },
  };
}

test("what is asked names every series in pairs", () => {
  const query = { series: SERIES.slice(0, 2), method: "kendall", of: "raw", maxLag: 3 } as const;
  expect(correlationPath(query)).toBe(
    "correlation?format=safetensors&method=kendall&of=raw&max_lag=3&run=r&tag=a&run=r&tag=b",
  );
  const [first, second] = [
    { run: "r", tag: "a" },
    { run: "s", tag: "b" },
  ] as const;
  expect(pairPath({ of: "raw", series: [first, second], lag: -2 })).toBe(
    "correlation/points?format=safetensors&of=raw&lag=-2&run=r&tag=a&run=s&tag=b",
  );
});

test("stored settings that can't be used fall back to their defaults", () => {
  expect(readSettings({ which: 1, method: "cosine", of: null, maxLag: -3, significantOnly: "yes" })).toEqual({
    which: "tags",
    method: "pearson",
    of: "differences",
    maxLag: 0,
    significantOnly: false,
  });
  expect(readSettings({ maxLag: 12.7, of: "raw" })).toMatchObject({ maxLag: 12, of: "raw" });
});

test("cells stand in clustered order, with numbers where there is room and a star beyond chance", () => {
  const [heat] = heatOf({ found: correlations(), cellPx: 60, significantOnly: false }, THEME).traces;
  expect(heat).toMatchObject({
    z: [
      [1, -0.3, null],
      [-0.3, 1, 0.9],
      [null, 0.9, 1],
    ],
    text: [
      ["1.00", "−0.30", "–"],
      ["−0.30", "1.00", "0.90*"],
      ["–", "0.90*", "1.00"],
    ],
  });
});

test("without room there are stars alone, and of very small cells not even these", () => {
  const small = heatOf({ found: correlations(), cellPx: 14, significantOnly: false }, THEME).traces[0];
  expect(small).toMatchObject({
    text: [
      ["", "", ""],
      ["", "", "*"],
      ["", "*", ""],
    ],
  });
  const tiny = heatOf({ found: correlations(), cellPx: 5, significantOnly: false }, THEME).traces[0];
  expect(tiny).not.toHaveProperty("text");
});

test("what may be chance can be left out", () => {
  const [heat] = heatOf({ found: correlations(), cellPx: 60, significantOnly: true }, THEME).traces;
  expect(heat).toMatchObject({
    z: [
      [1, null, null],
      [null, 1, 0.9],
      [null, 0.9, 1],
    ],
  });
});

test("the strongest pairs are those beyond chance, and a table has a row for every pair", () => {
  const found = correlations();
  expect(strongest(found, 5)).toEqual([{ first: 0, second: 1 }]);
  expect(pairsOf(found)).toHaveLength(3);
  const { columns } = tableOf(found);
  expect(columns.map(({ name }) => name).slice(0, 5)).toEqual([
    "run",
    "tag",
    "other_run",
    "other_tag",
    "value",
  ]);
  expect(Array.from(columns[4]?.values ?? [])).toEqual([0.9, -0.3, NAN]);
});

test("series of one tag are told apart by their runs", () => {
  expect(namesOf(SERIES)).toEqual(["a", "b", "c"]);
  expect(namesOf(["r", "s"].map((run) => ({ run, tag: "loss" })))).toEqual(["r", "s"]);
  expect(placeOf(correlations(), [SERIES[2] ?? { run: "", tag: "" }, { run: "x", tag: "a" }])).toBeNull();
});

test("words tell how two move before any number does", () => {
  const few = { value: 0.9, isBeyondChance: true, lag: 0 };
  expect(movesOf({ ...few, extremeShare: 0.73 })).toBe(
    "strongly move together; few points decide: 1 % of them make up 73 % of it",
  );
  expect(movesOf({ ...few, extremeShare: 1.2 })).toContain("make up all of it");
  expect(movesOf({ value: 0.9, isBeyondChance: true, lag: 0, extremeShare: 0.1 })).toBe(
    "strongly move together",
  );
  expect(movesOf({ value: -0.2, isBeyondChance: true, lag: -3, extremeShare: NAN })).toBe(
    "weakly move against each other, the first 3 points later",
  );
  expect(movesOf({ value: 0.9, isBeyondChance: false, lag: 0, extremeShare: 0.1 })).toContain("chance");
  expect(movesOf({ value: NAN, isBeyondChance: false, lag: 0, extremeShare: 0.1 })).toContain("not defined");
});

test("a line goes through the points of a pair where there is one", () => {
  const pair = {
    progress: null,
    series: SERIES.slice(0, 2),
    of: "differences" as const,
    lag: 0,
    points: 3,
    slope: 2,
    intercept: 1,
    step: Float64Array.of(0, 1, 2),
    x: Float64Array.of(3, -1, 0),
    y: Float64Array.of(7, -1, 1),
  };
  const { traces, layout } = scatterOf(pair, THEME);
  expect(traces[1]).toMatchObject({ x: [-1, 3], y: [-1, 7] });
  expect(layout?.xaxis?.title?.text).toBe("change of a");
  expect(scatterOf({ ...pair, slope: NAN }, THEME).traces).toHaveLength(1);
});

test("no more series are asked for than one request takes, however long their names are", () => {
  const named = (length: number) =>
    Array.from({ length: 1000 }, (_, i) => ({ run: "r", tag: `${i}`.padEnd(length, "x") }));
  expect(asMany(named(8))).toHaveLength(500);
  const few = asMany(named(400));
  expect(few.length).toBeGreaterThan(50);
  expect(correlationPath({ series: few, method: "pearson", of: "raw", maxLag: 0 }).length).toBeLessThan(
    50_000,
  );
});

test("where no pair has a coefficient, none is said not to move together", () => {
  expect(countSentence("0", "1", false)).toMatch(/^Too few points in common to tell/);
  expect(countSentence("0", "1", true)).toMatch(/^0 of 1 pairs/);
});
