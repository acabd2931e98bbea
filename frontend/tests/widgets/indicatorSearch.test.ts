import { expect, test } from "vitest";
import type { IndicatorInfo } from "../../src/api/registries.ts";
import { searched } from "../../src/widgets/candles/indicators/search.ts";

const info = (name: string, title: string, explanation = ""): IndicatorInfo => ({
  name,
  title,
  place: "overlay",
  unit: "metric",
  parameters: [],
  outputs: [],
  explanation,
  source: "",
});

const ALL = [
  info("keltner", "Keltner channel", "An average, and some ATR to each side"),
  info("atr", "Average true range"),
  info("natr", "Normalised average true range"),
];
const names = (query: string) => searched(ALL, query).map(({ name }) => name);

test("an indicator of that very name comes before those that speak of it", () => {
  expect(names("atr")).toEqual(["atr", "natr", "keltner"]);
  expect(names(" ATR ")).toEqual(["atr", "natr", "keltner"]);
  expect(names("average true")).toEqual(["atr", "natr"]);
});

test("all words have to be found, in any order, and without any the order is the server's", () => {
  expect(names("side average")).toEqual(["keltner"]);
  expect(names("")).toEqual(["keltner", "atr", "natr"]);
});
