import { isNeutral } from "../../base/polarity.ts";
import type { DrawnRun } from "../../chart/strands.ts";
import type { Frame } from "../../data/feed.ts";
import { seriesKey } from "../../data/loader.ts";
import type { KnownSeries } from "../series.ts";

/** Series with all that is known of them; those that a frame still holds and nobody wants any more are left out. */
export function drawnRuns(frame: Frame, series: readonly KnownSeries[]): DrawnRun[] {
  const known = new Map(series.map((one) => [seriesKey(one), one]));
  return frame.candles.flatMap((candles) => {
    const one = known.get(seriesKey(candles));
    if (one === undefined) return [];
    return [{ candles, colour: one.colour, polarity: isNeutral(one.tag) ? null : one.polarity }];
  });
}
