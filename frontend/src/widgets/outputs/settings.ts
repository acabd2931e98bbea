import type { Stored } from "../widget.ts";

export const VIEWS = ["both", "examples", "confusion"] as const;
export type OutputsView = (typeof VIEWS)[number];

export interface OutputsSettings {
  /** Null: the run in focus, or the first checked one that has any. */
  readonly run: string | null;
  /** Null: the first of the run. */
  readonly tag: string | null;
  readonly view: OutputsView;
  readonly onlyWrong: boolean;
}

/** Settings from what was stored; whatever can't be used falls back to its default. */
export const readSettings = ({ run, tag, view, onlyWrong }: Stored): OutputsSettings => ({
  run: typeof run === "string" ? run : null,
  tag: typeof tag === "string" ? tag : null,
  view: VIEWS.find((one) => one === view) ?? "both",
  onlyWrong: onlyWrong === true,
});
