import { expect, test } from "vitest";
import type { Bars } from "../../src/chart/bars.ts";
import { type CandleLook, type Plot, paintCandles, pricesOver } from "../../src/chart/paint.ts";
import { SvgInk } from "../../src/chart/svgInk.ts";

const LOOK: CandleLook = {
  colours: { better: "#00ff00", worse: "#ff0000", same: "#333333" },
  background: "#ffffff",
  polarity: "lower_is_better",
  slot: 0,
  slots: 1,
};

/** Of single points, one in each of those buckets. */
function points(bucket: number[], values: number[]): Bars {
  const close = Float64Array.from(values);
  const joined = Uint8Array.from(values, (_, row) => Number(row > 0));
  const single = new Uint8Array(values.length).fill(1);
  const prices = { open: close, high: close, low: close, close };
  return { bucket: Float64Array.from(bucket), ...prices, joined, single, clipped: 0 };
}

/** The fills of what is painted, in order, by whether it is a disc or a rectangle. */
function painted(bars: Bars, spacing: number): string[] {
  const ink = new SvgInk(400, 100, "title");
  ink.canvas({ x: 0, y: 0, width: 400, height: 100 }, (target) => {
    target.useBitmapCoordinateSpace(({ context, bitmapSize }) => {
      const { width, height } = bitmapSize;
      const plot: Plot = { context, width, height, ratio: 1, x0: 20, spacing, y0: 90, perPrice: -10 };
      paintCandles(plot, bars, LOOK);
    });
  });
  const body = ink.toString().slice(ink.toString().indexOf("<g"));
  return [...body.matchAll(/<(path|rect)[^>]*fill="(#\w+)"/g)].map(([, shape, fill]) => `${shape} ${fill}`);
}

test("a single point is a dot, filled where it is worse than the one before and hollow where better", () => {
  expect(painted(points([0, 1, 2], [5, 3, 4]), 20)).toEqual([
    "path #333333",
    "path #00ff00",
    "path #ffffff",
    "path #ff0000",
  ]);
});

test("dots have the room up to their neighbours, and are coloured dashes where that is too little", () => {
  expect(painted(points([0, 10], [5, 3]), 2)).toEqual(["path #333333", "path #00ff00", "path #ffffff"]);
  const narrow = painted(points([0, 1], [5, 3]), 3);
  expect(new Set(narrow)).toEqual(new Set(["rect #333333", "rect #00ff00"]));
});

test.each([1, 1e14, 1e20, 1e34, 1e-40, 1e-300])("prices of %d lie where prices of 1 do", (size) => {
  const { y0, perPrice } = pricesOver(3 * size, -1 * size, 400);
  expect(y0 + 3 * size * perPrice).toBeCloseTo(0, 6);
  expect(y0 + 2 * size * perPrice).toBeCloseTo(100, 6);
  expect(y0 - size * perPrice).toBeCloseTo(400, 6);
});
