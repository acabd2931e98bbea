import { expect, test } from "vitest";
import { assignColours, COLOUR_SCHEMES, furtherColour, hash, PALETTES } from "../../src/base/colour.ts";
import { contrast, linearOf, oklabOf, type Triple } from "../../src/base/oklch.ts";
import { CHART_THEMES } from "../../src/chart/theme.ts";

const BACKGROUNDS = [CHART_THEMES.light.background, CHART_THEMES.dark.background];

/** What whoever lacks a kind of cones sees (Machado et al. 2009, severity 1), in linear light. */
const SIGHTS: Readonly<Record<string, readonly Triple[]>> = {
  "all cones": [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  "no red cones": [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  "no green cones": [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

function seen(colour: string, sight: string): Triple {
  const light = linearOf(colour);
  const part = (row: Triple | undefined): number => {
    const sum = (row ?? [0, 0, 0]).reduce((so_far, weight, i) => so_far + weight * (light[i] ?? 0), 0);
    return Math.min(1, Math.max(0, sum));
  };
  const rows = SIGHTS[sight] ?? [];
  return oklabOf([part(rows[0]), part(rows[1]), part(rows[2])]);
}

/** Of the two colours that are nearest to each other: how far apart they are in OKLab, where black to white is 1. */
function nearest(colours: readonly string[], sight = "all cones"): number {
  const points = colours.map((colour) => seen(colour, sight));
  const distances = points.flatMap((one, i) =>
    points.slice(i + 1).map((other) => Math.hypot(...one.map((x, k) => x - (other[k] ?? 0)))),
  );
  return Math.min(...distances);
}

const runs = (count: number): string[] => Array.from({ length: count }, (_, i) => `run-${i}`);

test("the hash is FNV-1a", () => {
  expect(hash("")).toBe(0x811c9dc5);
  expect(hash("a")).toBe(0xe40c292c);
  expect(hash("foobar")).toBe(0xbf9cf968);
});

test("twenty runs have colours that are well apart", () => {
  const given = [...assignColours(runs(20), "default").values()];
  expect(new Set(given).size).toBe(20);
  expect(nearest(given)).toBeGreaterThan(0.12);
});

test("few runs have colours that nobody has to look for twice, whatever their names are", () => {
  for (let i = 0; i < 50; i++) {
    const given = [...assignColours([`a${i}`, `b${i}`, `c${i}`, `d${i}`], "default").values()];
    expect(nearest(given)).toBeGreaterThan(0.2);
  }
});

/** In degrees round the circle of hues. */
function hueOf(colour: string): number {
  const [, a, b] = oklabOf(linearOf(colour));
  return (Math.atan2(b, a) * 180) / Math.PI;
}

test.each([
  [["train", "validation"], 85],
  [["train", "eval", "test"], 85],
  [["run_0", "run_1", "run_2"], 85],
  [["baseline", "run_1", "run_2"], 85],
  [["run_0", "run_1", "run_2", "run_3", "run_4"], 35],
  [["version_0", "version_1", "version_2", "version_3"], 35],
  [["seed=1", "seed=2", "seed=3", "seed=4", "seed=5"], 35],
])("the first runs are of hues all round, as these: %s", (names, apart) => {
  const hues = [...assignColours(names, "default").values()].map(hueOf);
  for (const [i, one] of hues.entries()) {
    for (const other of hues.slice(i + 1)) {
      expect(Math.abs(((one - other + 540) % 360) - 180)).toBeGreaterThan(apart);
    }
  }
});

test("which colour a lone run has is its name's, and no colour is everybody's", () => {
  for (const scheme of COLOUR_SCHEMES) {
    const given = runs(100).map((run) => assignColours([run], scheme).get(run));
    expect(given).toEqual(runs(100).map((run) => assignColours([run], scheme).get(run)));
    for (const colour of new Set(given)) {
      expect(given.filter((one) => one === colour).length).toBeLessThan(60);
    }
    expect(new Set(given).size).toBeGreaterThan(2);
  }
});

test("the first run is drawn far from the colours of the candles, whatever its name is", () => {
  const candles = (["light", "dark"] as const).flatMap((theme) => Object.values(CHART_THEMES[theme].candle));
  for (let i = 0; i < 50; i++) {
    const [colour = ""] = assignColours([`run ${i}`], "default").values();
    for (const candle of candles) expect(nearest([colour, candle])).toBeGreaterThan(0.15);
  }
});

test("eight runs have colours that stay apart for whoever lacks red or green cones", () => {
  const given = [...assignColours(runs(8), "safe").values()];
  for (const sight of Object.keys(SIGHTS)) expect(nearest(given, sight), sight).toBeGreaterThan(0.1);
});

test("better and worse stay apart for whoever lacks red or green cones", () => {
  for (const name of ["light-safe", "dark-safe"] as const) {
    const { better, worse } = CHART_THEMES[name].candle;
    for (const sight of Object.keys(SIGHTS))
      expect(nearest([better, worse], sight), sight).toBeGreaterThan(0.2);
  }
});

test("runs are not in the colours of the candles", () => {
  const candles = [CHART_THEMES.light, CHART_THEMES.dark].flatMap(({ candle }) => [
    candle.better,
    candle.worse,
  ]);
  for (const colour of PALETTES.default) {
    for (const candle of candles) expect(nearest([colour, candle])).toBeGreaterThan(0.085);
  }
});

test.each(COLOUR_SCHEMES)("the colours of 5,000 runs differ and stand out by 3:1: %s", (scheme) => {
  const given = [...assignColours(runs(5000), scheme).values()];
  expect(new Set(given).size).toBeGreaterThan(4950);
  const dim = given.filter((colour) => BACKGROUNDS.some((background) => contrast(colour, background) < 3));
  expect(dim).toEqual([]);
  expect(given.filter((colour) => !/^#[0-9a-f]{6}$/.test(colour))).toEqual([]);
});

test("further colours are as evenly apart as so many can be", () => {
  expect(nearest(Array.from({ length: 20 }, (_, n) => furtherColour(n)))).toBeGreaterThan(0.03);
});

test("a run that comes later recolours no other", () => {
  const before = assignColours(["b", "c"], "default");
  const after = assignColours(["b", "c", "a"], "default");
  expect(after.get("b")).toBe(before.get("b"));
  expect(after.get("c")).toBe(before.get("c"));
  expect(after.size).toBe(3);
});

test("contrast is that of WCAG", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});
