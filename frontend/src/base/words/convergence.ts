import { isolated } from "../bidi.ts";
import { CONVERGENCE_KIND } from "./kinds.ts";

/** Words of the widget that tells where a metric is going. */
export const CONVERGENCE = {
  ahead: "How far ahead",
  aheadNames: { "0": "To the end", "1": "2×", "4": "5×", "9": "10×" },
  aheadHints: {
    "0": "The curve up to the last step",
    "1": "As far again as it has come",
    "4": "Five times as far as it has come",
    "9": "Ten times as far as it has come",
  },
  axis: "Axes",
  axisNames: { linear: "Linear", log: "Log" },
  axisHints: {
    linear: "Steps and values as they are",
    log: "Each power of ten as wide and as high: a power law without a plateau is a straight line",
  },
  patience: "Patience",
  patienceHint: "Evaluations without a better one after which early stopping would end",
  none: "No checked run has this tag.",
  step: "step",
  curve: "fitted curve",
  band: "95 % band",
  best: "best",
  converged: "close to the plateau",
  stop: "early stopping",
  plateau: "plateau",
  run: "run",
  verdict: "verdict",
  final: "expected",
  convergedStep: "close to it at step",
  others: "All runs",
  unknown: "not known yet",
  verdicts: {
    converged: "levelled off",
    converging: "on its way",
    straight: "no plateau in sight",
    flat: "no change",
    turned: "worse than it was",
    unlike: "follows no such curve",
    nonfinite: "ends without a number",
    "too-few": "too few points",
  },
  tooMany: (drawn: string, all: string): string => `The first ${drawn} of ${all} checked runs are told of.`,
} as const;

/** `Convergence of train/loss` */
export const convergenceOf = (tag: string): string => `${CONVERGENCE_KIND.title} of ${isolated(tag)}`;

export const expectedAt = (step: string): string => `${CONVERGENCE.final} at step ${step}`;
