import type { Stored } from "../widget.ts";

/** In spans of the series. */
export const AHEAD = ["0", "1", "4", "9"] as const;
export const AXES = ["linear", "log"] as const;
const PATIENCE = 10;
const MOST_PATIENCE = 1_000_000;

export interface ConvergenceSettings {
  /** Null: the tag that is picked for all widgets. */
  readonly tag: string | null;
  readonly ahead: (typeof AHEAD)[number];
  readonly axis: (typeof AXES)[number];
  /** In evaluations. */
  readonly patience: number;
}

/** Settings from what was stored; whatever can't be used falls back to its default. */
export const readSettings = ({ tag, ahead, axis, patience }: Stored): ConvergenceSettings => ({
  tag: typeof tag === "string" ? tag : null,
  ahead: AHEAD.find((one) => one === ahead) ?? "1",
  axis: AXES.find((one) => one === axis) ?? "linear",
  patience: readPatience(patience),
});

export function readPatience(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 1) return PATIENCE;
  return Math.min(MOST_PATIENCE, Math.floor(value));
}
