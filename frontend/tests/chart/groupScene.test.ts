import { expect, test } from "vitest";
import { drawGroups, type GroupSeries, groupGeometry } from "../../src/chart/groupScene.ts";
import type { Box, Ink, Stroke } from "../../src/chart/ink.ts";
import { CHART_THEMES } from "../../src/chart/theme.ts";

const of = (...values: number[]) => Float64Array.of(...values);
const SERIES: GroupSeries = {
  name: "g",
  colour: "#123456",
  width: 10,
  x: of(0, 10, 20, 30),
  open: of(1, 2, Number.NaN, 2),
  high: of(3, 9, Number.NaN, 4),
  low: of(0, -1, Number.NaN, 1),
  close: of(2, 1, Number.NaN, 3),
  mean: of(1.5, 1.5, Number.NaN, 2.5),
  spread: of(0.5, 0.25, Number.NaN, 0),
};
const SIZE = { width: 484, height: 226, ratio: 1 };
const THEME = CHART_THEMES.light;

/** Keeps what is drawn. */
class Drawn implements Ink {
  readonly lines: { xy: Float64Array; stroke: Stroke }[] = [];
  readonly areas: { xy: Float64Array; colour: string }[] = [];
  within(_box: Box, draw: () => void) {
    draw();
  }
  rect() {}
  line(xy: Float64Array, stroke: Stroke) {
    this.lines.push({ xy, stroke });
  }
  curve(xy: Float64Array, stroke: Stroke) {
    this.line(xy, stroke);
  }
  canvas() {}
  area(xy: Float64Array, colour: string) {
    this.areas.push({ xy, colour });
  }
  text() {}
}

function drawn(focus: string | null): Drawn {
  const geometry = groupGeometry([SERIES], focus, SIZE);
  if (geometry === null) throw new Error("no geometry");
  const ink = new Drawn();
  drawGroups(ink, { series: [SERIES], focus, polarity: "lower_is_better", geometry, theme: THEME });
  return ink;
}

test("the whole of every group is in view: its bands, and the extremes of the one in focus", () => {
  const [unfocused, focused] = [groupGeometry([SERIES], null, SIZE), groupGeometry([SERIES], "g", SIZE)];
  expect(unfocused?.view).toEqual({ from: 0, to: 40 });
  expect(unfocused?.low).toBeLessThanOrEqual(1);
  expect(unfocused?.low).toBeGreaterThan(0.5);
  expect(focused?.low).toBeLessThan(-1);
  expect(focused?.high).toBeGreaterThan(9);
});

test("the outliers of another group do not flatten the one in focus", () => {
  const wild = { ...SERIES, name: "wild", mean: of(1, 500, 1, 1), high: of(900, 900, 900, 900) };
  expect(groupGeometry([SERIES, wild], "g", SIZE)?.high).toBeLessThan(20);
  expect(groupGeometry([SERIES, wild], null, SIZE)?.high).toBeGreaterThan(500);
  expect(groupGeometry([SERIES, wild], "gone", SIZE)?.high).toBeGreaterThan(500);
});

test("where there is nothing to see or no room, there is no picture", () => {
  expect(groupGeometry([], null, SIZE)).toBe(null);
  expect(groupGeometry([SERIES], null, { ...SIZE, width: 50 })).toBe(null);
});

test("a constant has room above and below", () => {
  const flat = { ...SERIES, mean: of(7, 7, 7, 7), spread: of(0, 0, 0, 0) };
  const geometry = groupGeometry([flat], null, SIZE);
  expect(geometry?.low).toBeLessThan(7);
  expect(geometry?.high).toBeGreaterThan(7);
});

test("a band breaks where no run has a value, and closes on itself", () => {
  const { areas } = drawn(null);
  expect(areas.map(({ xy }) => xy.length / 2)).toEqual([4, 2]);
  const [first] = areas;
  expect(first?.xy.some(Number.isNaN)).toBe(false);
  // Below the mean forth, above it back: further down the page first.
  expect(first?.xy[1]).toBeGreaterThan(first?.xy[7] ?? Number.NaN);
});

test("only the group in focus has candles: filled where they are worse, hollow where better", () => {
  const { candle } = THEME;
  const kinds = (ink: Drawn) => ink.lines.map(({ stroke }) => stroke.colour);
  expect(kinds(drawn(null))).toEqual([SERIES.colour]);
  const ink = drawn("g");
  expect(kinds(ink).filter((colour) => colour === candle.worse)).toHaveLength(4);
  expect(kinds(ink).filter((colour) => colour === candle.better)).toHaveLength(2);
  expect(ink.areas.filter(({ colour }) => colour === candle.worse)).toHaveLength(2);
  expect(ink.areas.filter(({ colour }) => colour === candle.better)).toHaveLength(0);
});
