import { AXES, type Axis } from "../../base/axis.ts";
import type { PriceScale } from "../../chart/bars.ts";
import type { PriceFit } from "../../chart/options.ts";
import { DEFAULT_EXTRAS, type ExtraSettings, readExtras } from "./indicators/settings.ts";

export interface CandleSettings extends ExtraSettings {
  /** Null: the tag that is picked for all widgets. */
  readonly tag: string | null;
  readonly axis: Axis;
  readonly width: number | "auto";
  readonly scale: PriceScale;
  readonly fit: PriceFit;
  /** For runs whose epochs are not known; null: such runs have no place on an axis of epochs. */
  readonly stepsPerEpoch: number | null;
}

export const DEFAULT_SETTINGS: CandleSettings = {
  tag: null,
  axis: "steps",
  width: "auto",
  scale: "linear",
  fit: "wicks",
  stepsPerEpoch: null,
  ...DEFAULT_EXTRAS,
};

/** Whether a run has a place on the axis. */
export const hasPlace = (run: { readonly hasEpochs: boolean }, settings: CandleSettings): boolean =>
  settings.axis !== "epochs" || run.hasEpochs || settings.stepsPerEpoch !== null;

/** Settings from what was stored; whatever can't be used falls back to its default. */
export function readSettings(stored: Readonly<Record<string, unknown>>): CandleSettings {
  const { tag, axis, width, scale, fit, stepsPerEpoch } = stored;
  return {
    tag: typeof tag === "string" ? tag : null,
    axis: AXES.find((name) => name === axis) ?? DEFAULT_SETTINGS.axis,
    width: typeof width === "number" && width > 0 ? width : DEFAULT_SETTINGS.width,
    scale: scale === "log" ? "log" : "linear",
    fit: fit === "bodies" ? "bodies" : "wicks",
    stepsPerEpoch: parseStepsPerEpoch(String(stepsPerEpoch)),
    ...readExtras(stored),
  };
}

/** A whole number of steps from 1 on, as typed; null where it is none. */
export function parseStepsPerEpoch(text: string): number | null {
  const steps = Number(text.trim().replaceAll(/[,_\s]/g, "") || "none");
  return Number.isSafeInteger(steps) && steps > 0 ? steps : null;
}

/** A width as typed: null where it can't be one. Steps and epochs come whole. */
export function parseWidth(text: string, axis: Axis): number | null {
  const width = Number(text.trim().replaceAll(/[,_\s]/g, ""));
  if (!Number.isFinite(width) || width <= 0) return null;
  return axis === "seconds" ? width : Math.max(1, Math.round(width));
}
