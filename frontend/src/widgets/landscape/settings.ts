import type { Stored } from "../widget.ts";

export const VIEWS = ["surface", "contour", "profile", "isosurface"] as const;
export type View = (typeof VIEWS)[number];
export const SCALES = ["log", "linear"] as const;
export type Scale = (typeof SCALES)[number];

export interface LandscapeSettings {
  /** Name of the landscape; null: the first there is. */
  readonly tag: string | null;
  readonly view: View;
  readonly scale: Scale;
  /** All checked runs, or only the first of them. */
  readonly beside: boolean;
  /** The last landscape by this step; null: the last of all. */
  readonly step: number | null;
  /** Which of the third direction's places; null: the one of the weights. */
  readonly depth: number | null;
}

/** Settings from what was stored; whatever can't be used falls back to its default. */
export const readSettings = ({ tag, view, scale, beside, step, depth }: Stored): LandscapeSettings => ({
  tag: typeof tag === "string" ? tag : null,
  view: VIEWS.find((one) => one === view) ?? "surface",
  scale: SCALES.find((one) => one === scale) ?? "log",
  beside: beside !== false,
  step: typeof step === "number" && Number.isFinite(step) ? step : null,
  depth: typeof depth === "number" && Number.isInteger(depth) && depth >= 0 ? depth : null,
});
