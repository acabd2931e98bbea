/** Words of the list of alerts, and of what looks for them. */

import { formatInteger } from "../format.ts";

/** The list of alerts. */
export const ALERTS = {
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
