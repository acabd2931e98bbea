import { expect, test } from "vitest";
import { decodePoints, pointsPath } from "../../src/api/points.ts";
import { safetensors } from "./wire.ts";

test("a query names its window, its neighbours and its smoothing", () => {
  const query = {
    series: [{ run: "a b", tag: "loss" }],
    by: "wall_time",
    window: { from: 1.5, to: 2 },
    neighbours: true,
    smooth: 0.9,
    limit: 4000,
  } as const;
  expect(pointsPath(query)).toBe(
    "points?format=safetensors&by=wall_time&run=a+b&tag=loss&start=1.5&end=2&neighbours=1&smooth=0.9&limit=4000",
  );
});

test("points come as columns, with epochs and smoothing where there are any", () => {
  const column = (...values: number[]) => ({ dtype: "F64" as const, values });
  const items = [
    { run: "a", tag: "loss", exact: true, points: 9, unit: null, start_time: 5, extent: [0, 8] },
  ];
  const body = safetensors(
    {
      step: { dtype: "I64", values: [0n, 8n] },
      wall_time: column(5, 6),
      value: column(1, Number.NaN),
      nonfinite: { dtype: "I64", values: [0n, 1n] },
      smoothed: column(1, Number.NaN),
    },
    { points: JSON.stringify(items) },
  );
  const [points] = decodePoints(body);
  expect(points).toMatchObject({
    run: "a",
    points: 9,
    startTime: 5,
    extent: { from: 0, to: 8 },
    epoch: null,
  });
  expect([...(points?.step ?? [])]).toEqual([0, 8]);
  expect([...(points?.nonfinite ?? [])]).toEqual([0, 1]);
  expect(points?.smoothed).toHaveLength(2);
});
