import { expect, test } from "vitest";
import {
  bucketIndex,
  bucketStart,
  fromLogical,
  gridOver,
  gridRange,
  rowsOnGrid,
  toLogical,
} from "../../src/base/grid.ts";

test("a grid covers a range with whole buckets", () => {
  const grid = gridOver({ from: 250, to: 1001 }, 100);
  expect(grid).toEqual({ width: 100, first: 2, count: 9 });
  expect(gridRange(grid)).toEqual({ from: 200, to: 1100 });
});

test("a range that ends on a bucket's edge needs no further bucket, fractions of seconds included", () => {
  expect(gridOver({ from: 0, to: 1000 }, 100).count).toBe(10);
  expect(gridOver({ from: 0, to: 0.3 }, 0.1)).toEqual({ width: 0.1, first: 0, count: 3 });
});

test("a place on the axis finds its bucket and back", () => {
  const grid = gridOver({ from: 200, to: 1000 }, 100);
  expect(bucketIndex(grid, 200)).toBe(0);
  expect(bucketIndex(grid, 299)).toBe(0);
  expect(bucketIndex(grid, 300)).toBe(1);
  expect(bucketStart(grid, 1)).toBe(300);
});

test("the visible range survives a change of candle width", () => {
  const view = { from: 1234, to: 8765 };
  for (const width of [1, 20, 500, 1000]) {
    const grid = gridOver({ from: 0, to: 10_000 }, width);
    const back = fromLogical(grid, toLogical(grid, view));
    expect(back.from).toBeCloseTo(view.from, 6);
    expect(back.to).toBeCloseTo(Math.max(view.to, view.from + width), 6);
  }
});

test("one whole bucket is one logical position", () => {
  const grid = gridOver({ from: 0, to: 100 }, 10);
  expect(toLogical(grid, { from: 30, to: 40 })).toEqual({ from: 3, to: 3 });
});

test("rows land in their buckets and empty buckets stay empty", () => {
  const grid = gridOver({ from: 0, to: 0.6 }, 0.1);
  const rows = rowsOnGrid(grid, Float64Array.of(0, 0.1, 0.30000000000000004, 0.9));
  expect([...rows]).toEqual([0, 1, -1, 2, -1, -1]);
});
