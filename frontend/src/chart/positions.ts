import type { ITimeScaleApi, Logical } from "lightweight-charts";

/** Where buckets lie on screen, in pixels: a straight line, so that thousands of points need no look-up each. */
export function bucketsToX(
  timeScale: ITimeScaleApi<number>,
  anchor: number,
  width: number,
): ((bucket: number) => number) | null {
  const at = timeScale.timeToCoordinate(anchor);
  const first = timeScale.logicalToCoordinate(0 as Logical);
  const second = timeScale.logicalToCoordinate(1 as Logical);
  if (at === null || first === null || second === null) return null;
  const perUnit = (second - first) / width;
  return (bucket) => at + (bucket - anchor) * perUnit;
}

/** Of ascending places those that are at least so far from the one before that is kept. */
export function keptApart(places: Iterable<number>, least: number): number[] {
  const kept: number[] = [];
  for (const place of places) {
    const last = kept.at(-1);
    if (last === undefined || place - last >= least) kept.push(place);
  }
  return kept;
}
