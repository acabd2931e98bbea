import { LINE_AXES, type LineAxis } from "../../base/axis.ts";
import { PRICE_SCALES, type PriceScale } from "../../base/priceScale.ts";
import { type KeptView, readView } from "../keptView.ts";
import type { Stored } from "../widget.ts";

export interface LineSettings {
  /** Null: the tag that is picked for all widgets. */
  readonly tag: string | null;
  readonly axis: LineAxis;
  readonly scale: PriceScale;
  /** Weight of the exponential moving average, from 0, which is none, to below 1. */
  readonly smoothing: number;
  readonly view: KeptView | null;
}

export const MOST_SMOOTHING = 0.999;

/** Settings from what was stored; whatever can't be used falls back to its default. */
export const readSettings = ({ tag, axis, scale, smoothing, view }: Stored): LineSettings => ({
  tag: typeof tag === "string" ? tag : null,
  axis: LINE_AXES.find((name) => name === axis) ?? "steps",
  scale: PRICE_SCALES.find((name) => name === scale) ?? "linear",
  smoothing: typeof smoothing === "number" && smoothing > 0 && smoothing <= MOST_SMOOTHING ? smoothing : 0,
  view: readView(view),
});

/** Positions of the slider: a third of it for each nine in the weight. */
export const SLIDER_END = 60;

const DECADES = 3;

export const weightAt = (position: number): number =>
  // What is left to the newest point has two digits, so that no two positions say the same.
  Number((1 - Number((10 ** ((-DECADES * position) / SLIDER_END)).toPrecision(2))).toFixed(6));

export const positionOf = (weight: number): number =>
  Math.round((Math.log10(1 / (1 - weight)) * SLIDER_END) / DECADES);
