import { isolated } from "../bidi.ts";
import { CORRELATION_KIND } from "./kinds.ts";

/** Words of the widget that shows which metrics move together. */
export const CORRELATION = {
  which: "Of what",
  whichNames: { tags: "Tags of the run", runs: "Runs of the tag" },
  whichHints: {
    tags: "All metrics of the run in focus, each with each",
    runs: "The picked metric in every checked run, each run with each",
  },
  method: "Method",
  methodNames: { pearson: "Pearson", spearman: "Spearman", kendall: "Kendall" },
  methodHints: {
    pearson: "How near to a straight line points of the two lie; a single spike may decide it",
    spearman:
      "The same of ranks: whether one rises as the other does, along whatever curve; spikes count little",
    kendall: "How many more pairs of points agree than disagree (tau-b)",
  },
  of: "Compared",
  ofNames: { differences: "Changes", returns: "Changes in %", raw: "Values" },
  ofHints: {
    differences: "What each adds from one common step to the next: the right choice for what trends",
    returns: "The same as a share of the value before, by closes of at most 500 candles",
    raw: "The values themselves: two metrics that both fall are always alike",
  },
  lag: "Lag up to",
  lagHint: "Common steps by which one may follow the other; 0 looks at the same steps only",
  significantOnly: "Beyond chance only",
  significantHint: "Leaves empty what may well be chance: p ≥ 0.05 after correction for all pairs",
  rawWarning:
    "Values that trend are always alike: of two falling losses the coefficient says nothing. Compare changes.",
  coefficient: "r",
  strongest: "Strongest pairs",
  noPair: "Two metrics are needed.",
  close: "Close",
  scatter: "One against the other",
  line: "least squares",
  step: "step",
  star: "* beyond chance: p < 0.05 after correction for all pairs.",
  thinned: "Of the many steps the closes of candles were compared.",
  notDefined: "not defined: one of them does not vary, or they have fewer than three steps in common",
  tooMany: (shown: string, all: string): string => `The first ${shown} of ${all} are compared.`,
} as const;

export const correlationOf = (what: string): string => `${CORRELATION_KIND.title} of ${isolated(what)}`;

/** The first sentence: where no pair has a coefficient, there is nothing to count. */
export const countSentence = (beyond: string, pairs: string, isTold: boolean): string =>
  isTold
    ? `${beyond} of ${pairs} pairs move together or against each other beyond chance (5 % of these may be false finds).`
    : "Too few points in common to tell, or nothing that varies.";

export interface PairWords {
  readonly first: string;
  readonly second: string;
  /** NaN where it is not defined. */
  readonly value: number;
  /** After correction for all pairs. */
  readonly isBeyondChance: boolean;
  /** In points, positive where the second follows. */
  readonly lag: number;
  /** Of the covariance, from the 1 % of the points that stray the farthest; NaN where it is not known. */
  readonly extremeShare: number;
}

/** How two move: for a person, before any number. */
export function movesOf({
  value,
  isBeyondChance,
  lag,
  extremeShare,
}: Omit<PairWords, "first" | "second">): string {
  if (Number.isNaN(value)) return CORRELATION.notDefined;
  if (!isBeyondChance) return "no more alike than chance may make them";
  const size = Math.abs(value);
  const how = size > 0.7 ? "strongly " : size > 0.4 ? "" : "weakly ";
  const way = value > 0 ? "move together" : "move against each other";
  const when = lag === 0 ? "" : `, the ${lag > 0 ? "second" : "first"} ${Math.abs(lag)} points later`;
  return how + way + when + deciding(extremeShare);
}

/** Whether it is but a few points that decide. */
function deciding(extremeShare: number): string {
  if (!(extremeShare > 0.5)) return "";
  const much = extremeShare < 0.995 ? `${Math.round(100 * extremeShare)} % of it` : "all of it";
  return `; few points decide: 1 % of them make up ${much}`;
}

export const numbersOf = (value: string, p: string, points: string, effective: string): string =>
  `r = ${value}, p ${p} after correction, ${points} points that count as ${effective}`;

export const pairTitle = (first: string, second: string): string =>
  `${isolated(second)} against ${isolated(first)}`;

/** `change of loss` */
export const axisTitle = (of: "differences" | "returns" | "raw", name: string, lag: number): string => {
  const what = { differences: "change of ", returns: "relative change of ", raw: "" }[of];
  return `${what}${name}${lag === 0 ? "" : `, ${lag} points later`}`;
};

export const slopeWords = (slope: string): string => `${CORRELATION.line}: slope ${slope}`;

export const pointsWords = (points: string, slope: string): string =>
  `${points} points, slope of the line ${slope}`;
