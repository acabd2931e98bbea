/** Words of alerts and patterns: on the chart, in their list, and of what looks for them. */

import { formatInteger } from "../format.ts";
import type { Severity } from "../severity.ts";

interface KindWords {
  /** In its mark on the chart. */
  readonly letter: string;
  readonly one: string;
  readonly many: string;
}

const KINDS: Readonly<Record<string, KindWords>> = {
  spike: { letter: "S", one: "spike", many: "spikes" },
  divergence: { letter: "D", one: "divergence", many: "divergences" },
  plateau: { letter: "P", one: "plateau", many: "plateaus" },
  "trend-reversal": { letter: "T", one: "trend reversal", many: "trend reversals" },
  "overfitting-gap": { letter: "O", one: "overfitting", many: "overfittings" },
  "lr-cliff": { letter: "L", one: "learning-rate cliff", many: "learning-rate cliffs" },
  "non-finite": { letter: "N", one: "non-finite", many: "non-finite" },
  "gradient-explosion": { letter: "E", one: "gradient explosion", many: "gradient explosions" },
  "gradient-vanishing": { letter: "V", one: "vanishing gradient", many: "vanishing gradients" },
};

/** A kind that nobody named goes by the server's name. */
export function kindWords(kind: string): KindWords {
  const name = kind.replaceAll("-", " ");
  return KINDS[kind] ?? { letter: kind.slice(0, 1).toUpperCase() || "!", one: name, many: name };
}

/** `1 spike`, `12 spikes`, and `12 alerts` where they are of several kinds. */
export function countOf(kinds: readonly string[]): string {
  const [kind] = kinds;
  const isOneKind = kind !== undefined && kinds.every((one) => one === kind);
  const words = isOneKind ? kindWords(kind) : { one: "alert", many: "alerts" };
  return `${formatInteger(kinds.length)} ${kinds.length === 1 ? words.one : words.many}`;
}

export const SEVERITY_NAMES: Readonly<Record<Severity, string>> = {
  critical: "critical",
  warning: "warning",
  info: "info",
};

export const MARK_WORDS = {
  alerts: "Alerts",
  alertsHint: "Mark on the chart what went wrong, as the detectors see it",
  patterns: "Patterns",
  patternsHint: "Mark candlestick patterns: shapes of one to three candles that have a name",
  directions: { better: "promises better", worse: "promises worse", neutral: "points nowhere" },
} as const;

/** `step 1,234`, `steps 1,200–1,399` */
export const stepsOf = (first: number, last: number): string =>
  first === last ? `step ${formatInteger(first)}` : `steps ${formatInteger(first)}–${formatInteger(last)}`;

export const andMore = (count: number): string => `and ${formatInteger(count)} more`;

/** `Alert, spike: train/loss rose to 41.7 at step 1,234` */
export const alertSpoken = (kind: string, message: string): string =>
  `Alert, ${kindWords(kind).one}: ${message}`;

/** The list of alerts. */
export const ALERTS = {
  title: "Alerts",
  hint: "What went wrong in the runs: spikes, divergence, plateaus, NaN. A click jumps there.",
  scope: "Which runs",
  scopes: { checked: "Checked runs", all: "All runs" },
  sort: "Order",
  sorts: { severity: "Gravest", step: "By step", run: "By run" },
  list: "Alerts. Arrow keys move, Enter jumps to the place.",
  kinds: "Filter by kind",
  severities: "Filter by severity",
  runs: "Filter by run",
  showAll: "Show all",
  showUnchecked: "Show",
  detectors: "Detectors",
  detectorsHint: "What looks for alerts, and with which thresholds",
  detectorsWords:
    "What is switched on here looks at every point of every run, and marks the charts as well. Rules of large trainings are named after the code that published them.",
  own: "General",
  published: "Published by trainings of large models",
  reset: "Reset to defaults",
  looksAt: "Looks at",
  watches: {
    metrics: "losses and scores",
    losses: "losses",
    gradients: "gradient norms",
    "losses and gradients": "losses and gradient norms",
    "validation metrics": "validation losses and scores",
    "learning rates": "learning rates",
    all: "all tags",
  },
  filtered: "The filters leave none of them.",
  noDetector: "No detector is switched on, so nothing is looked for.",
  looking: "Looking at the runs …",
  refused: "The alerts did not come:",
} as const;

export const ALERT_COLUMNS = {
  severity: "severity",
  kind: "kind",
  run: "run",
  tag: "tag",
  first: "first_step",
  last: "last_step",
  value: "value",
  message: "message",
  detector: "detector",
} as const;

/** What detectors watch; what nobody named goes by the server's word. */
export const watchesName = (watches: string): string =>
  Object.entries(ALERTS.watches).find(([name]) => name === watches)?.[1] ?? watches;

export const lookedAt = (done: number, total: number): string =>
  `Looked at ${formatInteger(done)} of ${formatInteger(total)} series`;

/** `Nothing found. 6 detectors looked at every point of 3 runs, for: spike, divergence.` */
export const nothingFound = (detectors: readonly string[], runs: number): string => {
  const looked = `${detectors.length} ${detectors.length === 1 ? "detector" : "detectors"}`;
  const where = `${formatInteger(runs)} ${runs === 1 ? "run" : "runs"}`;
  return `${looked} looked at every point of ${where} and found nothing: ${detectors.join(", ")}.`;
};

export const alertCount = (shown: number, all: number): string =>
  shown === all ? formatInteger(all) : `${formatInteger(shown)} of ${formatInteger(all)}`;

/** `8 more in unchecked runs` */
export const moreUnchecked = (count: number): string => `${formatInteger(count)} more in unchecked runs`;

export const moreRuns = (count: number): string =>
  `and ${formatInteger(count)} more ${count === 1 ? "run" : "runs"}`;
