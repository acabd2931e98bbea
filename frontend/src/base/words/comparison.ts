/** Words of the run comparison. */

import type { Direction } from "../polarity.ts";
import { COMPARISON_KIND } from "./kinds.ts";

export const COMPARISON = {
  which: "Which runs",
  whichNames: { checked: "Checked", all: "All" },
  whichHints: {
    checked: "The runs that are checked in the sidebar",
    all: "Every run that has this tag",
  },
  scale: "Prices of the small candles",
  scaleNames: { own: "Own", common: "Common" },
  scaleHints: {
    own: "Every row fills its height: shows the shape of each run",
    common: "The same price at the same height in all rows: shows which run is lower",
  },
  groupBy: "Take runs as one that have the same",
  groupNames: { none: "Runs", folder: "Folders", pattern: "Regex" },
  groupHints: {
    none: "A row for each run",
    folder: "A row for all runs of one folder, as the seeds of a configuration: mean ± standard deviation",
    pattern: "A row for all runs in whose names a regular expression captures the same",
  },
  groupChart:
    "Chart of each group: the mean of its runs as a line, their standard deviation as a band; candles over all runs of the group in focus. The table below says the same in numbers.",
  pattern: "What names the group of a run (regex)",
  patternExample: "lr=([^/]*)",
  noPattern:
    "Type a regular expression, as lr=([^/]*): runs in whose names it captures the same are one row.",
  ungrouped: "Each run has a row of its own.",
  noFolder: "(no folder)",
  noMatch: "(no match)",
  columns: "Columns",
  run: "Run",
  groupTitle: "Group",
  group: "group",
  step: "step",
  runs: "runs",
  names: {
    candles: "Candles",
    last: "Last",
    last_difference: "Last vs. baseline",
    best: "Best",
    best_difference: "Best vs. baseline",
    worst: "Worst",
    mean: "Mean",
    volatility: "Volatility",
    atr: "ATR",
    drawdown: "Drawdown",
    points: "Points",
    nonfinite: "Non-finite",
    alerts: "Alerts",
    duration: "Duration",
  },
  hints: {
    candles: "The whole run in at most 24 candles",
    last: "The last value, and its step; or since when the run has no finite one any more: such runs sort last",
    last_difference: "Last value less that of the baseline",
    best: "The best value, and the first step at which it was that",
    best_difference: "Best value less that of the baseline",
    worst: "The worst value, and the first step at which it was that",
    mean: "Mean of all finite points",
    volatility: "How much the close changes from candle to candle beside its trend, relative to its level",
    atr: "Average true range: how far a candle reaches, lately",
    drawdown: "How much worse the last value is than the best one",
    points: "Points that were logged",
    nonfinite: "Points that are NaN or infinite",
    alerts:
      "Spikes, plateaus, divergence and the like that the detectors found in this tag; the sidebar counts those of all tags",
    duration: "From the first point to the last",
  },
  nonfinite: "Non-finite",
  setBaseline: "Take as the baseline",
  dropBaseline: "No baseline any more",
  isBaseline: "baseline",
  none: "No checked run has this tag.",
  noneAtAll: "No run has this tag.",
  comparing: "Comparing …",
} as const;

export const DIRECTION_WORDS: Readonly<Record<Direction, string>> = {
  better: "better",
  worse: "worse",
  same: "the same",
};

/** `Runs compared by train/loss` */
export const comparisonTitle = (tag: string): string => `${COMPARISON_KIND.title} by ${tag}`;

export const runCount = (count: string): string => (count === "1" ? "1 run" : `${count} runs`);

/** `3 groups of 12 runs` */
export const groupCount = (groups: string, runs: string): string =>
  `${groups === "1" ? "1 group" : `${groups} groups`} of ${runCount(runs)}`;

export const tooManyGrouped = (most: string): string =>
  `Groups of more than ${most} runs in all are not drawn; the table holds all of them.`;

/** `± 0.012` */
export const plusMinus = (value: string): string => `± ${value}`;

export const atShortStep = (step: string): string => `@ ${step}`;

/** `since 1,500` */
export const sinceStep = (step: string): string => `since ${step}`;

/** Of a run that ends with no number; `was` is its last value, null where there was none at all. */
export const nonfiniteSince = (since: string, was: string | null, at: string): string =>
  `NaN or infinite since step ${since}, to the end${was === null ? "" : `; the last finite value was ${was}, at step ${at}`}`;

/** `+ 1 non-finite`: runs of a group that are in no mean. */
export const plusNonfinite = (count: string): string => `+ ${count} non-finite`;

export const withoutNonfinite = (count: string): string =>
  `${runCount(count)} of the group ended NaN or infinite and ${count === "1" ? "is" : "are"} left out`;

/** What a row's small candles show, for who can't see them. */
export const smallCandlesLabel = (open: string, close: string, low: string, high: string): string =>
  `from ${open} to ${close}, between ${low} and ${high}`;
