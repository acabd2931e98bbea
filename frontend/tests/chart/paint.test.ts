import { expect, test } from "vitest";
import type { Bars } from "../../src/chart/bars.ts";
import { type CandleLook, type Plot, paintBand, paintCandles, pricesOver } from "../../src/chart/paint.ts";
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

/** Left, top, width and height of the bars of a band from 1 up to those values. */
function bandBars(highs: number[], spacing: number): number[][] {
  const bars = points(
    highs.map((_, i) => i),
    highs,
  );
  const ink = new SvgInk(400, 100, "title");
  ink.canvas({ x: 0, y: 0, width: 400, height: 100 }, (target) => {
    target.useBitmapCoordinateSpace(({ context, bitmapSize }) => {
      const { width, height } = bitmapSize;
      const plot: Plot = { context, width, height, ratio: 1, x0: 20, spacing, y0: 90, perPrice: -10 };
      paintBand(plot, { ...bars, low: new Float64Array(highs.length).fill(1) }, "#123456", [0.1, 0]);
    });
  });
  const rects = ink
    .toString()
    .matchAll(/<rect x="(.+?)" y="(.+?)" width="(.+?)" height="(.+?)" fill="#123456"/g);
  return [...rects].map((found) => found.slice(1).map(Number));
}

test("a band of narrow buckets is one bar each, side by side", () => {
  expect(bandBars([3, 5, 2], 4)).toEqual([
    [18, 60, 4, 20],
    [22, 40, 4, 40],
    [26, 70, 4, 10],
  ]);
});

test("no spike is lost in a band whose buckets are narrower than a pixel, and no pixel is painted twice", () => {
  const highs = Array.from({ length: 40 }, (_, i) => (i === 17 ? 8 : 2));
  for (let at = 0; at < highs.length; at++) {
    const bars = bandBars(highs.toSpliced(17, 1).toSpliced(at, 0, 8), 0.25);
    expect(Math.min(...bars.map(([, top = 0]) => top))).toBe(10);
    const columns = bars.map(([left = 0]) => left);
    expect(new Set(columns).size).toBe(columns.length);
    expect(new Set(bars.map(([, , width]) => width))).toEqual(new Set([1]));
  }
});

test.each([1, 1e14, 1e20, 1e34, 1e-40, 1e-300])("prices of %d lie where prices of 1 do", (size) => {
  const { y0, perPrice } = pricesOver(3 * size, -1 * size, 400);
  expect(y0 + 3 * size * perPrice).toBeCloseTo(0, 6);
  expect(y0 + 2 * size * perPrice).toBeCloseTo(100, 6);
  expect(y0 - size * perPrice).toBeCloseTo(400, 6);
});
