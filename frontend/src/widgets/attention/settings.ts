import type { Stored } from "../widget.ts";

export const VIEWS = ["maps", "entropy", "similarity", "distance"] as const;
export type AttentionView = (typeof VIEWS)[number];

/** What the brightest colour of a map stands for: its own largest weight, or that of all maps. */
export const SCALES = ["head", "all"] as const;
export type Scale = (typeof SCALES)[number];

export interface AttentionSettings {
  /** Null: the run in focus, or the first checked one that has any. */
  readonly run: string | null;
  /** Null: the first of the run. */
  readonly tag: string | null;
  readonly view: AttentionView;
  readonly scale: Scale;
}

/** Settings from what was stored; whatever can't be used falls back to its default. */
export const readSettings = ({ run, tag, view, scale }: Stored): AttentionSettings => ({
  run: typeof run === "string" ? run : null,
  tag: typeof tag === "string" ? tag : null,
  view: VIEWS.find((one) => one === view) ?? "maps",
  scale: SCALES.find((one) => one === scale) ?? "head",
});
