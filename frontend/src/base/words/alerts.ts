/** Words of alerts and patterns, wherever they are shown. */

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
