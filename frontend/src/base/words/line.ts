import type { LineAxis } from "../axis.ts";
import { isolated } from "../bidi.ts";
import { formatDuration, formatInteger } from "../format.ts";
import { formatClock } from "../placeTicks.ts";

/** The line widget. */
export const LINE = {
  toolbar: "Lines",
  axisNames: { steps: "Steps", epochs: "Epochs", seconds: "Time", wall_time: "Clock" },
  axisHints: {
    steps: "By training step",
    epochs: "By epoch, with the part of it that has gone by",
    seconds: "By time since each run began",
    wall_time: "By date and time of day",
  },
  scaleNames: { linear: "Linear", log: "Log", symlog: "Symlog" },
  axisTitles: { steps: "step", epochs: "epoch", seconds: "time since the run began", wall_time: "time" },
  smoothing: "Smoothing",
  smoothingShort: "Smooth",
  smoothingHint:
    "Weight of the exponential moving average, as in TensorBoard's scalars, but over every point. The exact line stays below it, fainter.",
  noSmoothing: "off",
  role: "line chart",
  keys: "Arrow keys move from point to point, Home and End to the first and last, plus and minus zoom, F fits.",
  step: "step",
  value: "value",
  smoothed: "smoothed",
  lastInView: "last in view",
  noEpochs: "None of the checked runs has epochs: log them with tracker.epoch(), or take another axis.",
  nonfinite: "× NaN or infinite",
  readout: "Values of each run",
} as const;

export const lineChartLabel = (tag: string): string => `${isolated(tag)}. ${LINE.keys}`;

/** A place of an axis in words: `step 1,234`, `epoch 3.25`, `1m30s`, `21 Nov 2026, 15:41:08`. */
export function placeName(axis: LineAxis, place: number): string {
  if (axis === "wall_time") return formatClock(place);
  if (axis === "seconds") return formatDuration(Number(place.toPrecision(6)));
  if (axis === "epochs") return `epoch ${Number(place.toFixed(4))}`;
  return `step ${formatInteger(Math.round(place))}`;
}

/** A point of a run; `epoch` is NaN where the run has none. */
interface Point {
  readonly step: number;
  readonly epoch: number;
  readonly wallTime: number;
}

/** Where it lies on the axes that are not shown: `step 1,918 · 21 Nov 2026, 15:41:08`. */
export function elsewhere(axis: LineAxis, { step, epoch, wallTime }: Point): string {
  const places = [
    ...(axis === "epochs" || Number.isNaN(epoch) ? [] : [placeName("epochs", epoch)]),
    ...(axis === "steps" ? [] : [placeName("steps", step)]),
    ...(axis === "wall_time" || Number.isNaN(wallTime) ? [] : [formatClock(wallTime)]),
  ];
  return places.join(" · ");
}

export const smoothedBy = (weight: number): string => `smoothed, weight ${weight}`;

/** Of how many nobody knows: the points in view are thinned. */
export const BELOW_ZERO = "Some points in view are zero or below, where a log scale does not reach.";
