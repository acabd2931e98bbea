/** Words of the candle chart's toolbar, marks and keys. */

import { isolated } from "../bidi.ts";
import type { SizedWords } from "../strings.ts";

export const TOOLBAR = {
  axisMenu: "Axis and candle width",
  styleMenu: "Style of the candles",
  scaleMenu: "Price scale",
  modeMenu: "How several runs are drawn",
  axis: "Horizontal axis",
  width: "Candle width",
  style: "Style",
  scale: "Price scale",
  fitTo: "Fit prices to",
  mode: "Several runs",
  fit: "Fit",
  fitHint: "Show all of every run (F)",
  select: "Zoom into a range",
  selectHint: "Drag over a range to zoom into it; Shift and drag does the same at any time",
} as const;

export const AXIS_NAMES = { steps: "Steps", epochs: "Epochs", seconds: "Time", clock: "Clock" } as const;

export const AXIS_HINTS = {
  steps: "One candle covers so many steps",
  epochs: "One candle covers so many epochs",
  seconds: "One candle covers so much time since the run began",
  clock: "The same, with the time of day at which the run in focus did it",
} as const;

export const STYLE_NAMES = {
  candles: "Candles",
  "heikin-ashi": "Heikin-Ashi",
  bars: "Bars",
  line: "Line",
} as const;

export const STYLE_HINTS = {
  candles: "Filled where it got worse, hollow where it got better",
  "heikin-ashi": "Candles averaged over their past: a trend is easier to see. The read-out stays exact",
  bars: "A stem from low to high, open to its left, close to its right",
  line: "The closes, in a band from low to high",
} as const;

export const SCALE_NAMES = { linear: "Linear", log: "Log", symlog: "Symlog" } as const;

export const SCALE_HINTS = {
  linear: "Equal differences are equally far apart",
  log: "Equal ratios are equally far apart; zero and below can't be shown",
  symlog: "Like log on both sides of zero; linear within ±0.001",
} as const;

export const MODE_NAMES = { focus: "Focus", side: "Side by side", each: "One each" } as const;

export const MODE_HINTS = {
  focus: "The run in focus as candles, the others as lines in a band from low to high",
  side: "Candles of the first four runs share each stretch, in the colours of the runs",
  each: "A small chart for each run, with one axis and one scale for all",
} as const;

export const flipHint = (meaning: string): string => `Taken as: ${meaning}. Click to turn it round.`;

export const leftOut = (shown: number, runs: number): string =>
  `Side by side: the first ${shown} of ${runs} runs.`;

export const EXTREME_NAMES = { high: "high", low: "low" } as const;

/** `step 1,234 · high 41.7` */
export const foundAt = (step: string, extreme: string, value: string): string =>
  `step ${step} · ${extreme} ${value}`;

/** `step 777`, `steps 700–799` */
export const atSteps = (first: string, last: string): string =>
  first === last ? `step ${first}` : `steps ${first}–${last}`;

export const BACK = {
  name: "Back",
  hint: "Back to the view before (Backspace)",
  done: "Dismiss (Escape)",
} as const;

export const KEYS_TITLE = "Keys";

export const KEYS: readonly (readonly [string, string])[] = [
  ["← →", "candle before, candle after; with Shift ten at once"],
  ["Home End", "first candle, last candle"],
  ["+ −", "zoom in, zoom out"],
  ["Page ↑ ↓", "a screen back, a screen on"],
  ["F", "show the whole series"],
  ["Enter", "down to the step of the candle's longer wick; with Shift the other one"],
  ["Backspace", "back to the view before"],
  ["Escape", "let go of the crosshair"],
  ["?", "this list"],
];

export const POINTER_TITLE = "Pointer";

export const POINTER: readonly (readonly [string, string])[] = [
  ["drag", "move"],
  ["wheel, pinch", "zoom"],
  ["Shift + drag", "zoom into a range"],
  ["click a wick", "down to the very step of its end"],
  ["double click", "show the whole series"],
];

export const LINE_LEGEND = {
  line: { long: "line: close of each candle", short: "close" },
  band: { long: "band: from low to high", short: "low to high" },
} as const satisfies Record<string, SizedWords>;

/** Where neither way is better. */
export const neutralLegend = (tag: string) => {
  const name = isolated(tag.split("/").at(-1) || tag);
  return {
    worse: { long: `filled: ${name} fell`, short: `${name} fell` },
    better: { long: `hollow: ${name} rose`, short: `${name} rose` },
  };
};

/** Runs that the legend has no room for. */
export const moreRuns = (count: string): string => `+${count} more`;

export const HEIKIN_ASHI_NOTE: SizedWords = {
  long: "Heikin-Ashi: averaged over the past; the read-out is exact",
  short: "averaged",
};
