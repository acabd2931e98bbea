import { expect, test } from "vitest";
import {
  autoWidth,
  MAX_CANDLES,
  MAX_VISIBLE_CANDLES,
  planFor,
  serves,
  windowAround,
} from "../../src/data/level.ts";

test.each([
  [1_000_000, 1000, 5000],
  [1_000_000, 1600, 5000],
  [100_000, 1000, 500],
  [900, 1000, 5],
  [250, 1000, 1],
  [10, 1000, 1],
])("%d steps on %d pixels make candles of %d", (steps, plotPx, width) =>
  expect(autoWidth("steps", steps, plotPx)).toBe(width),
);

test("candles come out between 4 and 10 pixels wide, in round widths", () => {
  for (let steps = 300; steps < 1e7; steps *= 1.37) {
    const width = autoWidth("steps", steps, 1200);
    const px = 1200 / (steps / width);
    expect(px).toBeGreaterThanOrEqual(4 * (1 - 1e-9));
    expect(px).toBeLessThanOrEqual(10.1);
    expect(String(width)).toMatch(/^[125]0*$/);
  }
});

test("seconds go below one, steps and epochs never do", () => {
  expect(autoWidth("seconds", 3, 1000)).toBe(0.02);
  expect(autoWidth("steps", 3, 1000)).toBe(1);
  expect(autoWidth("epochs", 3, 1000)).toBe(1);
});

test("candles are no narrower than those that were logged", () => {
  expect(autoWidth("steps", 250, 1000, 998)).toBe(1000);
  expect(autoWidth("steps", 1_000_000, 1000, 998)).toBe(5000);
  expect(autoWidth("epochs", 250, 1000, 998)).toBe(1);
});

test("a window holds the view and at least a screen on each side", () => {
  const view = { from: 123_456, to: 234_567 };
  const window = windowAround(view, 500);
  const screen = view.to - view.from;
  expect(window.from).toBeLessThanOrEqual(view.from - screen);
  expect(window.to).toBeGreaterThanOrEqual(view.to + screen);
  expect(Number.isInteger(window.from / 500)).toBe(true);
  expect((window.to - window.from) / 500).toBeLessThanOrEqual(MAX_CANDLES);
});

test("views close to each other ask for the same window", () => {
  const windows = [0, 500, 1000, 1500].map((shift) =>
    windowAround({ from: 60_000 + shift, to: 85_000 + shift }, 100),
  );
  expect(new Set(windows.map((window) => JSON.stringify(window))).size).toBe(1);
});

test("no window asks for more than the API answers, however many candles are in view", () => {
  for (const visible of [10, 300, 960, 2048, 4999, MAX_VISIBLE_CANDLES]) {
    for (const offset of [0, 0.3, 777.7]) {
      const window = windowAround({ from: offset, to: offset + visible }, 1);
      expect(window.to - window.from).toBeLessThanOrEqual(MAX_CANDLES);
    }
  }
});

const INPUT = { resolution: null, axis: "steps", extent: { from: 0, to: 1_000_000 }, plotPx: 1000 } as const;

test("a width that makes too many candles is refused until one zooms in", () => {
  const all = planFor({ ...INPUT, view: { from: 0, to: 1_000_000 }, chosen: 1 });
  expect([all.width, all.refusedWidth]).toEqual([5000, 1]);
  const close = planFor({ ...INPUT, view: { from: 1000, to: 3000 }, chosen: 1 });
  expect([close.width, close.refusedWidth]).toEqual([1, null]);
});

test("what is held serves small pans and not far ones, nor another width", () => {
  const view = { from: 100_000, to: 125_000 };
  const held = planFor({ ...INPUT, view, chosen: "auto" });
  const servesAt = (from: number, to: number) => {
    const moved = { from, to };
    return serves(held, planFor({ ...INPUT, view: moved, chosen: "auto" }), moved, INPUT.extent);
  };
  expect(servesAt(102_000, 127_000)).toBe(true);
  expect(servesAt(160_000, 185_000)).toBe(false);
  expect(servesAt(100_000, 105_000)).toBe(false);
});

test("at the ends of the series nothing beyond them is missing", () => {
  const view = { from: -10_000, to: 1_030_000 };
  const held = planFor({ ...INPUT, view, chosen: "auto" });
  expect(serves(held, held, view, INPUT.extent)).toBe(true);
});
