import { AXES, type Axis } from "../../base/axis.ts";
import { type KeptView, readView } from "../keptView.ts";
import type { Stored } from "../widget.ts";

export interface IndicatorSettings {
  /** Null: the tag that is picked for all widgets. */
  readonly tag: string | null;
  /** As `atr:14`. */
  readonly indicator: string;
  /** Which of its lines; null: the one that says most. */
  readonly output: string | null;
  readonly axis: Axis;
  readonly view: KeptView | null;
}

/** Settings from what was stored; whatever can't be used falls back to its default. */
export const readSettings = ({ tag, indicator, output, axis, view }: Stored): IndicatorSettings => ({
  tag: typeof tag === "string" ? tag : null,
  indicator: typeof indicator === "string" ? indicator : "atr",
  output: typeof output === "string" ? output : null,
  axis: AXES.find((name) => name === axis) ?? "steps",
  view: readView(view),
});
