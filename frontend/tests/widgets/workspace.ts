import type { RunInfo, Runs } from "../../src/api/types.ts";
import type { KnownSeries } from "../../src/widgets/series.ts";

/** Runs with the last values of their tags: `{ a: { loss: 0.5 } }`. */
export function runsOf(values: Readonly<Record<string, Readonly<Record<string, number>>>>): Runs {
  return {
    version: "1",
    exact: true,
    loading: { done: 1, total: 1, bytesRead: 1, bytesTotal: 1 },
    problems: [],
    problemCount: 0,
    runs: Object.entries(values).map(([name, tags]) => runOf(name, tags)),
  };
}

const runOf = (name: string, tags: Readonly<Record<string, number>>): RunInfo => ({
  name,
  tags: Object.entries(tags).map(([tag, lastValue]) => ({
    tag,
    points: 10,
    firstStep: 0,
    lastStep: 9,
    lastValue,
    polarity: "lower_is_better",
    unit: null,
    resolution: null,
  })),
  volumeTag: null,
  hasEpochs: false,
  records: {},
  startTime: 0,
  endTime: 9,
});

export const known = (run: string, tag: string): KnownSeries => ({
  run,
  tag,
  colour: "#3b82f6",
  polarity: "lower_is_better",
  unit: null,
  resolution: null,
  hasEpochs: false,
});
