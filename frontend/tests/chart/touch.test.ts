import { expect, test } from "vitest";
import type { Bars } from "../../src/chart/bars.ts";
import type { Strand } from "../../src/chart/strands.ts";
import { touchedAt } from "../../src/chart/touch.ts";

const bars: Bars = {
  bucket: Float64Array.of(4, 5),
  open: Float64Array.of(20, 20),
  high: Float64Array.of(90, 30),
  low: Float64Array.of(10, 15),
  close: Float64Array.of(25, 20),
  joined: Uint8Array.of(0, 1),
  single: Uint8Array.of(0, 1),
  clipped: 0,
};

const strand = (slot: number, slots: number, colour: string) =>
  ({ bars, slot, slots, run: { colour } }) as unknown as Strand;

/** A pane 100 pixels high, whose prices are its pixels from below. */
const pointer = (bucket: number, y: number, dx = 0) => ({
  bucket,
  dx,
  y,
  spacing: 40,
  yOf: (plotted: number) => 100 - plotted,
});

test("a wick is touched at its whole length, and the nearer end is meant", () => {
  const one = [strand(0, 1, "a")];
  expect(touchedAt(one, pointer(4, 12))?.extreme).toBe("high");
  expect(touchedAt(one, pointer(4, 80))?.extreme).toBe("low");
  expect(touchedAt(one, pointer(5, 40))).toBeNull();
  expect(touchedAt(one, pointer(6, 80))).toBeNull();
});

test("of several candles in one bucket the one under the pointer is touched", () => {
  const two = [strand(0, 2, "a"), strand(1, 2, "b")];
  expect(touchedAt(two, pointer(4, 50, -10))?.run.colour).toBe("a");
  expect(touchedAt(two, pointer(4, 50, 10))?.run.colour).toBe("b");
});
