import type { Axis } from "../axis.ts";
import { formatWidth } from "../format.ts";
import { STRINGS } from "../strings.ts";

/** `Loading… Still shown: run_1 · train/loss` */
export const STILL_SHOWN = { before: "Loading… Still shown: " } as const;

/** `candles of 100 steps`, `candles of 1m30s` */
export const candlesOf = (axis: Axis, width: number): string => {
  const unit =
    axis === "seconds" ? "" : ` ${width === 1 ? STRINGS.widthUnit[axis] : STRINGS.widthUnits[axis]}`;
  return `candles of ${formatWidth(axis, width)}${unit}`;
};
