import { expect, test } from "vitest";
import type { IndicatorInfo } from "../../src/api/registries.ts";
import type { Candles } from "../../src/api/types.ts";
import { PALETTES } from "../../src/base/colour.ts";
import { colourSlots, INDICATOR_COLOURS } from "../../src/chart/indicator.ts";
import {
  chosenOf,
  columnsOf,
  MOST_PANES,
  readIndicator,
  readIndicators,
  replaced,
} from "../../src/data/indicators.ts";

const whole = (name: string, value: number) => ({ name, isWhole: true, default: value, least: 2, most: 500 });
const WORDS = { title: "", unit: "metric", explanation: "", source: "" };
const BOLLINGER: IndicatorInfo = {
  ...WORDS,
  name: "bollinger",
  place: "overlay",
  parameters: [whole("period", 20), { name: "deviations", isWhole: false, default: 2, least: 0.1, most: 10 }],
  outputs: ["upper", "middle", "lower"],
};
const RSI: IndicatorInfo = {
  ...WORDS,
  name: "rsi",
  place: "pane",
  parameters: [whole("period", 14)],
  outputs: [],
};
const REGISTRY = [BOLLINGER, RSI];

test("an indicator is stored by its name and numbers, and shown as its columns are called", () => {
  const chosen = readIndicator("bollinger:50:2.5", REGISTRY);
  expect([chosen?.text, chosen?.label]).toEqual(["bollinger:50:2.5", "bollinger(50,2.5)"]);
  expect(readIndicator("rsi", REGISTRY)?.text).toBe("rsi:14");
});

test("what was stored and can't be used is left out, or becomes what is allowed", () => {
  expect(readIndicator("moon:7", REGISTRY)).toBeNull();
  expect(readIndicator("rsi:9999", REGISTRY)?.text).toBe("rsi:500");
  expect(readIndicator("rsi:nonsense", REGISTRY)?.text).toBe("rsi:14");
  expect(readIndicators(["rsi", "rsi:14", "moon"], REGISTRY).map(({ text }) => text)).toEqual(["rsi:14"]);
});

test("no more panes are read than there is room for, whatever was stored", () => {
  const texts = [3, 4, 5, 6, 7, 8].map((period) => `rsi:${period}`);
  const read = readIndicators([...texts, "bollinger"], REGISTRY);
  expect(read.filter(({ info }) => info.place === "pane")).toHaveLength(MOST_PANES);
  expect(read.at(-1)?.info.name).toBe("bollinger");
});

test("columns of an indicator are found by its output", () => {
  const upper = Float64Array.of(1);
  const candles = { indicators: new Map([["bollinger(20,2).upper", upper]]) } as unknown as Candles;
  expect(columnsOf(chosenOf(BOLLINGER), candles)).toEqual([{ output: "upper", values: upper }]);
});

test("an indicator with other numbers keeps its place, and becomes one with another that has them already", () => {
  expect(replaced(["a:1", "b:2"], "a:1", "a:3")).toEqual(["a:3", "b:2"]);
  expect(replaced(["a:1", "b:2"], "a:1", "b:2")).toEqual(["b:2"]);
});

test("adding and removing indicators recolours none of the others", () => {
  const of = (texts: readonly string[]) => texts.map((text) => ({ text, own: 3 }));
  const first = colourSlots(of(["a", "b"]), new Map());
  expect(first.get("a")).toBe(3);
  expect(first.get("b")).not.toBe(3);
  const without = colourSlots(of(["b", "c"]), first);
  expect(without.get("b")).toBe(first.get("b"));
  expect(new Set(without.values()).size).toBe(2);
});

const luminance = (colour: string): number => {
  const channel = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
};

test.each([
  ["light", "#eceff4"],
  ["dark", "#262d3c"],
] as const)("colours of indicators are legible as text on the %s theme, hovered too", (theme, ground) => {
  for (const colour of INDICATOR_COLOURS[theme]) {
    const [a, b] = [luminance(colour), luminance(ground)].sort((one, other) => other - one) as [
      number,
      number,
    ];
    expect((a + 0.05) / (b + 0.05)).toBeGreaterThanOrEqual(4.5);
  }
});

/** OKLab, in which equal distances look about equally far (Ottosson 2020). */
function seen(colour: string): readonly [number, number, number] {
  const linear = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const mixed = (weights: readonly number[]) =>
    Math.cbrt(weights.reduce((sum, weight, i) => sum + weight * (linear[i] ?? 0), 0));
  const long = mixed([0.4122214708, 0.5363325363, 0.0514459929]);
  const medium = mixed([0.2119034982, 0.6806995451, 0.1073969566]);
  const short = mixed([0.0883024619, 0.2817188376, 0.6299787005]);
  return [
    0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  ];
}

test.each(["light", "dark"] as const)("no indicator is taken for a run on the %s theme", (theme) => {
  const runs = Object.values(PALETTES).flat().map(seen);
  for (const colour of INDICATOR_COLOURS[theme]) {
    const own = seen(colour);
    const distances = runs.map((run) => Math.hypot(...run.map((part, i) => part - (own[i] ?? 0))));
    expect(Math.min(...distances)).toBeGreaterThan(0.12);
  }
});
