import type { Series } from "../../api/types.ts";
import { AXES, type Axis } from "../../base/axis.ts";
import type { PriceScale } from "../../chart/bars.ts";

export interface CandleSettings {
  readonly axis: Axis;
  readonly width: number | "auto";
  readonly scale: PriceScale;
}

export const DEFAULT_SETTINGS: CandleSettings = { axis: "steps", width: "auto", scale: "linear" };

/** A series with the colour of its run. */
export interface ColouredSeries extends Series {
  readonly colour: string;
}

/** Settings from what was stored; whatever can't be used falls back to its default. */
export function readSettings(stored: Readonly<Record<string, unknown>>): CandleSettings {
  const { axis, width, scale } = stored;
  return {
    axis: AXES.find((name) => name === axis) ?? DEFAULT_SETTINGS.axis,
    width: typeof width === "number" && width > 0 ? width : DEFAULT_SETTINGS.width,
    scale: scale === "log" ? "log" : "linear",
  };
}

/** A width as typed: null where it can't be one. Steps and epochs come whole. */
export function parseWidth(text: string, axis: Axis): number | null {
  const width = Number(text.trim().replaceAll(/[,_\s]/g, ""));
  if (!Number.isFinite(width) || width <= 0) return null;
  return axis === "seconds" ? width : Math.max(1, Math.round(width));
}
