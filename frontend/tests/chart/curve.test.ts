import { expect, test } from "vitest";
import { touchedBy } from "../../src/chart/curve.ts";

/** Numbers from 0 to 1 that are the same in every run (Park and Miller 1988). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

type Point = readonly [x: number, y: number];

const flat = (points: readonly Point[]): Float64Array => Float64Array.from(points.flat());

/** Of each column of one pixel: first, last, lowest, highest. */
function m4(points: readonly Point[]): Point[] {
  const columns = new Map<number, number[]>();
  points.forEach(([x], i) => {
    const rows = columns.get(Math.floor(x)) ?? [];
    columns.set(Math.floor(x), [...rows, i]);
  });
  const kept = new Set<number>();
  const y = (row: number): number => points[row]?.[1] ?? Number.NaN;
  for (const rows of columns.values()) {
    const finite = rows.filter((row) => !Number.isNaN(y(row))).sort((a, b) => y(a) - y(b));
    for (const row of [rows[0], rows.at(-1), finite[0], finite.at(-1)]) if (row !== undefined) kept.add(row);
  }
  return points.filter((_, i) => kept.has(i));
}

test.each([1, 2, 3, 4, 5])("what M4 keeps touches the pixels that all points touch (%i)", (seed) => {
  const roll = dice(seed);
  const points: Point[] = [];
  for (let x = 0; x < 300; x += roll() ** 4 * 5) points.push([x, roll() * 100]);
  const thinned = m4(points);
  expect(points.length).toBeGreaterThan(200);
  expect(thinned.length).toBeLessThan(points.length);
  expect(touchedBy(flat(thinned), 1)).toEqual(touchedBy(flat(points), 1));
});

test("neighbouring columns meet half the way", () => {
  const { bars, lines } = touchedBy(
    flat([
      [0.5, 0],
      [1.5, 10],
    ]),
    1,
  );
  expect([...bars]).toEqual([0, 0, 5, 1, 5, 10]);
  expect(lines).toHaveLength(0);
});

test("columns further apart are joined by a line, and a gap is left where there is one", () => {
  const gap = flat([
    [0.5, 1],
    [9.5, 2],
    [10, Number.NaN],
    [19.5, 3],
  ]);
  const { bars, lines } = touchedBy(gap, 1);
  const none = Number.NaN;
  expect([...lines]).toEqual([0.5, 1, 9.5, 2, none, none, 19.5, 3, 19.5, 3, none, none]);
  expect(bars).toHaveLength(0);
});

test("columns with a few between them are joined by steps", () => {
  const { bars } = touchedBy(
    flat([
      [0.5, 0],
      [2.5, 8],
    ]),
    1,
  );
  expect([...bars]).toEqual([1, 2, 6, 0, 0, 2, 2, 6, 8]);
});

test("a screen with more pixels has more columns", () => {
  const { bars } = touchedBy(
    flat([
      [0.1, 0],
      [0.6, 8],
    ]),
    2,
  );
  expect([...bars]).toEqual([0, 0, 4, 1, 4, 8]);
});
