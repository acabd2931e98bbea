import { isNeutral } from "../../base/polarity.ts";
import type { DrawnRun } from "../../chart/strands.ts";
import type { Frame } from "../../data/feed.ts";
import type { KnownSeries } from "../series.ts";

/** Runs with all that is known of them; those that a frame still holds and nobody wants any more are left out. */
export function drawnRuns(frame: Frame, series: readonly KnownSeries[]): DrawnRun[] {
  const known = new Map(series.map((one) => [one.run, one]));
  return frame.candles.flatMap((candles) => {
    const one = known.get(candles.run);
    if (one === undefined) return [];
    return [{ candles, colour: one.colour, polarity: isNeutral(one.tag) ? null : one.polarity }];
  });
}
