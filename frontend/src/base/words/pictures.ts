import type { Axis } from "../axis.ts";
import { isolated } from "../bidi.ts";

/** What stands around the pictures that charts are exported as. */
export const PICTURE_AXES: Readonly<Record<Axis, string>> = {
  steps: "step",
  epochs: "epoch",
  seconds: "time since the run began",
};

export const PICTURE_CLOCK = "time of day";

/** `loss · cnn/lr=0.1 · candles of 1,000 steps` */
export const pictureTitle = (tag: string, run: string, width: string): string =>
  `${isolated(tag)} · ${isolated(run)} · candles of ${width}`;
