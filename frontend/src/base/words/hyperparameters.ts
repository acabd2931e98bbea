import { isolated } from "../bidi.ts";
import { runCount } from "./comparison.ts";
import { HYPERPARAMETERS_KIND } from "./kinds.ts";

/** Words of the widget that shows what runs were started with against how well they did. */
export const HYPERPARAMETERS = {
  none: "No tag is picked.",
  view: "View",
  viewNames: { surface: "Surface", map: "Map", parallel: "Parallel", importance: "Importance" },
  viewHints: {
    surface: "What is expected of each pair of two parameters, in three dimensions",
    map: "The same from above",
    parallel: "Each run as a line through all of its parameters",
    importance: "How much of the differences between runs each parameter makes",
  },
  target: "Measured by",
  targetNames: { best: "Best", last: "Last", mean: "Mean" },
  targetHints: { best: "The best value of each run", last: "Its last value", mean: "The mean of its values" },
  which: "Runs",
  whichNames: { all: "All", checked: "Checked" },
  whichHints: { all: "All runs that have the tag", checked: "Only the runs that are checked" },
  uncertainty: "Uncertainty",
  uncertaintyHint: "One standard deviation to either side: how unsure the surface is",
  x: "Along x",
  y: "Along y",
  runs: "runs",
  diverged: "diverged",
  best: "best so far",
  next: "look here next",
  together: "only together",
  absent: "not given",
  share: "share of the differences between runs",
  betterBright: (name: string): string => `${name}, better is brighter`,
  nextTitle: "Where to look next",
  exhausted: "Every combination there is has been tried.",
  copy: "Copy",
  copyTitle: "Copy all arguments of this run as JSON",
  copied: "Copied",
  notCopied: "The browser did not allow it",
} as const;

export const VERDICT_WORDS = {
  "no parameters":
    "None of these runs says what it was started with. Log it: Tracker(config=…), add_hparams of torch, or Keras' and Lightning's own.",
  "too few runs": "A surface takes at least four runs that ended with a number.",
  "nothing varies": "All of these runs were started with the same arguments, so nothing can be said of them.",
} as const;

export const hyperparametersOf = (tag: string): string =>
  `${HYPERPARAMETERS_KIND.title} for ${isolated(tag)}`;

export const bestSentence = (run: string, value: string): string =>
  `Best so far: ${isolated(run)} with ${value}.`;

export const matterSentence = (name: string, share: string): string =>
  `${isolated(name)} matters most: ${share} of the differences between runs.`;

/** How far the surface can be trusted. */
export function trustSentence(explained: number, share: string): string {
  if (!(explained > 0)) return "The surface foretells no run that it was not shown: don't rely on it yet.";
  if (explained < 0.5)
    return `The surface foretells only ${share} of what runs differ by: more runs will change it.`;
  return `The surface foretells ${share} of what runs differ by that it was not shown.`;
}

export const countSentence = (fitted: string, diverged: string | null): string =>
  diverged === null
    ? `${runCount(fitted)}.`
    : `${runCount(fitted)}; ${diverged} more ended in NaN or infinity, and are shown but not fitted.`;

export const sliceSentence = (names: readonly string[]): string =>
  `All else (${names.map(isolated).join(", ")}) is as in the best run.`;

export const expectedWords = (mean: string, low: string, high: string): string =>
  `expected ${mean} (${low} to ${high})`;

export const runWords = (run: string, value: string): string => `${isolated(run)}: ${value}`;

export const axisChoice = (axis: string): string => `Parameter ${axis}`;
