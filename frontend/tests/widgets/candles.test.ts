import { expect, test } from "vitest";
import { CANDLE_COLUMNS, type Candles } from "../../src/api/types.ts";
import { lastRowUpTo } from "../../src/base/rows.ts";
import { loggedAs } from "../../src/base/strings.ts";
import { neighbour, readingAt } from "../../src/widgets/candles/reading.ts";
import { spoken } from "../../src/widgets/candles/readout.tsx";
import {
  DEFAULT_SETTINGS,
  hasPlace,
  parseStepsPerEpoch,
  parseWidth,
  readSettings,
} from "../../src/widgets/candles/settings.ts";

const X = Float64Array.of(0, 10, 20, 50, 60);
const CANDLES: Candles = {
  run: "r",
  tag: "loss",
  by: "steps",
  width: 10,
  exact: true,
  points: 50,
  polarity: "lower_is_better",
  unit: null,
  volume: "count",
  extent: { from: 0, to: 70 },
  columns: Object.fromEntries(CANDLE_COLUMNS.map((name) => [name, X])) as Candles["columns"],
};

test("the last row up to a place", () => {
  expect([-1, 0, 15, 50, 99].map((bound) => lastRowUpTo(X, bound))).toEqual([-1, 0, 1, 3, 4]);
});

test("the crosshair reads the candle under it, and says where there is none", () => {
  expect(readingAt(CANDLES, 20, null)?.row).toBe(2);
  expect(readingAt(CANDLES, 30, null)).toMatchObject({ bucket: 30, row: -1 });
  expect(readingAt(CANDLES, 90, null)?.row).toBe(-1);
});

test("a crosshair that was put among narrower candles reads the one that holds its place, under that one's name", () => {
  expect(readingAt(CANDLES, 17, null)).toMatchObject({ bucket: 10, row: 1 });
  expect(readingAt(CANDLES, 49, null)).toMatchObject({ bucket: 40, row: -1 });
  expect(neighbour(CANDLES, 17, 1)).toBe(20);
  expect(neighbour(CANDLES, 17, -1)).toBe(0);
});

test("without a crosshair the last candle in view is read", () => {
  expect(readingAt(CANDLES, null, { from: 0, to: 1000 })?.bucket).toBe(60);
  expect(readingAt(CANDLES, null, { from: 0, to: 30 })?.bucket).toBe(20);
  expect(readingAt(CANDLES, null, null)?.bucket).toBe(60);
});

test("arrow keys go from candle to candle, over empty buckets, and stop at the ends", () => {
  expect(neighbour(CANDLES, 20, 1)).toBe(50);
  expect(neighbour(CANDLES, 50, -1)).toBe(20);
  expect(neighbour(CANDLES, 60, 5)).toBe(60);
  expect(neighbour(CANDLES, null, -1)).toBe(60);
});

test("a width may be typed as people write numbers; steps come whole", () => {
  expect(parseWidth(" 1,000 ", "steps")).toBe(1000);
  expect(parseWidth("2.6", "steps")).toBe(3);
  expect(parseWidth("0.4", "epochs")).toBe(1);
  expect(parseWidth("0.25", "seconds")).toBe(0.25);
  expect(["", "abc", "-5", "0"].map((text) => parseWidth(text, "steps"))).toEqual([null, null, null, null]);
});

test("a width from a file or a link is one that could have been typed", () => {
  const widthOf = (width: unknown, axis: string) => readSettings({ width, axis }).width;
  expect(widthOf(500, "steps")).toBe(500);
  expect(widthOf(0.25, "seconds")).toBe(0.25);
  expect(widthOf(2.6, "epochs")).toBe(3);
  const useless = [JSON.parse("1e999"), 1e300, -1, 0, "50", null];
  expect(new Set(useless.map((width) => widthOf(width, "steps")))).toEqual(new Set(["auto"]));
});

test("a reading is spoken in its unit", () => {
  const reading = readingAt({ ...CANDLES, unit: "nats" }, 20, null);
  expect(spoken(reading)).toContain(": open 20 nats, high 20 nats, low 20 nats, close 20 nats");
  expect(spoken(readingAt(CANDLES, 20, null))).toContain("close 20");
});

test("candles that the training logged itself are named by the steps of the longest", () => {
  expect(loggedAs("1,000")).toEqual({
    long: "logged as candles of up to 1,000 steps",
    short: "≤ 1,000 steps",
  });
  expect(loggedAs("1").long).toBe("logged as candles of 1 step");
});

test("stored settings that can't be used fall back", () => {
  expect(readSettings({ axis: "days", width: -1, scale: "cubic" })).toEqual({
    tag: null,
    axis: "steps",
    clock: false,
    style: "candles",
    mode: "focus",
    width: "auto",
    scale: "linear",
    fit: "wicks",
    stepsPerEpoch: null,
    view: null,
    indicators: [],
    hidden: [],
    alerts: true,
    patterns: false,
  });
  const drawn = { clock: true, style: "heikin-ashi", mode: "each", scale: "symlog", fit: "bodies" };
  const extras = { indicators: ["atr:14"], hidden: [], alerts: false, patterns: true };
  const view = { axis: "epochs", from: 1.5, to: 4 };
  const stored = { axis: "epochs", width: 5, stepsPerEpoch: 300, view, ...drawn, ...extras };
  expect(readSettings(stored)).toEqual({ tag: null, ...stored });
});

test("steps per epoch are a whole number from 1 on", () => {
  expect(["1,000", " 45 ", "1"].map(parseStepsPerEpoch)).toEqual([1000, 45, 1]);
  expect(["", "0", "-3", "2.5", "many", "1e300"].map(parseStepsPerEpoch)).toEqual(new Array(6).fill(null));
});

test("on the axis of epochs a run has a place by its own epochs or by a number of steps", () => {
  const [epochs, steps] = [{ ...DEFAULT_SETTINGS, axis: "epochs" } as const, DEFAULT_SETTINGS];
  const [known, unknown] = [{ hasEpochs: true }, { hasEpochs: false }];
  expect([hasPlace(known, epochs), hasPlace(unknown, epochs), hasPlace(unknown, steps)]).toEqual([
    true,
    false,
    true,
  ]);
  expect(hasPlace(unknown, { ...epochs, stepsPerEpoch: 10 })).toBe(true);
});
