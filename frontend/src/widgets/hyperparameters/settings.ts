import type { Target } from "../../api/hyperparameters.ts";
import type { Stored } from "../widget.ts";

export const TARGETS: readonly Target[] = ["best", "last", "mean"];

export const VIEWS = ["surface", "map", "parallel", "importance"] as const;
export type View = (typeof VIEWS)[number];

export const WHICH = ["all", "checked"] as const;
export type Which = (typeof WHICH)[number];

export interface HyperparameterSettings {
  /** Null: the tag that is picked for all widgets. */
  readonly tag: string | null;
  readonly target: Target;
  readonly which: Which;
  readonly view: View;
  /** Parameters along the axes; null: those that matter most. */
  readonly x: string | null;
  readonly y: string | null;
  readonly uncertainty: boolean;
}

/** Settings from what was stored; whatever can't be used falls back to its default. */
export function readSettings({
  tag,
  target,
  which,
  view,
  x,
  y,
  uncertainty,
}: Stored): HyperparameterSettings {
  const name = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);
  return {
    tag: name(tag),
    target: TARGETS.find((one) => one === target) ?? "best",
    which: WHICH.find((one) => one === which) ?? "all",
    view: VIEWS.find((one) => one === view) ?? "surface",
    x: name(x),
    y: name(y) === name(x) ? null : name(y),
    uncertainty: uncertainty === true,
  };
}
