import { AXES, type Axis } from "../../base/axis.ts";
import { PRICE_SCALES, type PriceScale } from "../../base/priceScale.ts";
import { STYLES, type Style } from "../../chart/bars.ts";
import { MODES, type Mode, type PriceFit } from "../../chart/strands.ts";
import { type KeptView, readView } from "../keptView.ts";
import { DEFAULT_EXTRAS, type ExtraSettings, readExtras } from "./indicators/settings.ts";

export interface CandleSettings extends ExtraSettings {
  /** Null: the tag that is picked for all widgets. */
  readonly tag: string | null;
  readonly axis: Axis;
  /** On an axis of seconds: whether it says what time it was, rather than how long it took. */
  readonly clock: boolean;
  readonly style: Style;
  readonly mode: Mode;
  readonly width: number | "auto";
  readonly scale: PriceScale;
  readonly fit: PriceFit;
  /** For runs whose epochs are not known; null: such runs have no place on an axis of epochs. */
  readonly stepsPerEpoch: number | null;
  readonly view: KeptView | null;
}

export const DEFAULT_SETTINGS: CandleSettings = {
  tag: null,
  axis: "steps",
  clock: false,
  style: "candles",
  mode: "focus",
  width: "auto",
  scale: "linear",
  fit: "wicks",
  stepsPerEpoch: null,
  view: null,
  ...DEFAULT_EXTRAS,
};

/** Whether a run has a place on the axis. */
export const hasPlace = (run: { readonly hasEpochs: boolean }, settings: CandleSettings): boolean =>
  settings.axis !== "epochs" || run.hasEpochs || settings.stepsPerEpoch !== null;

/** Settings from what was stored; whatever can't be used falls back to its default. */
export function readSettings(stored: Readonly<Record<string, unknown>>): CandleSettings {
  const { tag, axis, clock, style, mode, width, scale, fit, stepsPerEpoch } = stored;
  const shownAxis = AXES.find((name) => name === axis) ?? DEFAULT_SETTINGS.axis;
  return {
    tag: typeof tag === "string" ? tag : null,
    axis: shownAxis,
    clock: clock === true,
    style: STYLES.find((name) => name === style) ?? DEFAULT_SETTINGS.style,
    mode: MODES.find((name) => name === mode) ?? DEFAULT_SETTINGS.mode,
    width: (typeof width === "number" && parseWidth(String(width), shownAxis)) || DEFAULT_SETTINGS.width,
    scale: PRICE_SCALES.find((name) => name === scale) ?? DEFAULT_SETTINGS.scale,
    fit: fit === "bodies" ? "bodies" : "wicks",
    stepsPerEpoch: parseStepsPerEpoch(String(stepsPerEpoch)),
    view: readView(stored.view),
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
  if (!(width > 0) || width > Number.MAX_SAFE_INTEGER) return null;
  return axis === "seconds" ? width : Math.max(1, Math.round(width));
}
