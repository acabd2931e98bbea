import { CHANGES, type Change, METHODS, type Method } from "../../base/correlations.ts";
import type { Stored } from "../widget.ts";

export const WHICH = ["tags", "runs"] as const;
const MOST_LAG = 1000;

export interface CorrelationSettings {
  readonly which: (typeof WHICH)[number];
  readonly method: Method;
  readonly of: Change;
  /** In common steps. */
  readonly maxLag: number;
  /** Leaves empty what may be chance. */
  readonly significantOnly: boolean;
}

/** Settings from what was stored; whatever can't be used falls back to its default. */
export const readSettings = ({
  which,
  method,
  of,
  maxLag,
  significantOnly,
}: Stored): CorrelationSettings => ({
  which: WHICH.find((one) => one === which) ?? "tags",
  method: METHODS.find((one) => one === method) ?? "pearson",
  of: CHANGES.find((one) => one === of) ?? "differences",
  maxLag: readLag(maxLag),
  significantOnly: significantOnly === true,
});

export function readLag(value: unknown): number {
  if (typeof value !== "number" || !(value > 0)) return 0;
  return Math.min(MOST_LAG, Math.floor(value));
}
