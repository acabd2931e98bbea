import { isolated } from "../bidi.ts";

/** Words of the widget that draws trainings as paths through the space of their metrics. */
export const DYNAMICS = {
  title: "Dynamics",
  axes: "Axes",
  axesNames: { metrics: "Metrics", components: "Components" },
  axesHints: {
    metrics: "A metric along each axis",
    components: "All metrics of the runs in three axes: their principal components",
  },
  axis: ["Along x", "Along y", "Along z"],
  colour: "Colour",
  colourNames: { step: "Step", epoch: "Epoch", run: "Run", curvature: "Turns" },
  colourHints: {
    step: "From the first step to the last",
    epoch: "From the first epoch to the last",
    run: "Each run in its own colour",
    curvature: "How tightly the path turns: one over the radius of the turn, where each axis is 1 long",
  },
  step: "step",
  epoch: "epoch",
  curvature: "curvature",
  switches: { smooth: "Smooth", momentum: "Momentum", log: "Log" },
  switchHints: {
    smooth: "The path without its noise; the thin line is the points themselves",
    momentum: "Arrows: where the metrics were heading, averaged over the window",
    log: "Logarithmic axes, where all values are above zero",
  },
  momentum: "momentum",
  window: "Window",
  windowHint: "Points that the smooth path, momentum and turns look at, an odd number",
  windowUnit: "points",
  auto: "auto",
  play: "Play",
  pause: "Pause",
  time: "Time",
  first: "first step",
  none: "No checked run has two metrics in common.",
  component: (number: number, share: string): string => `component ${number} (${share})`,
  componentShort: (number: number): string => `component ${number}`,
  flatTitles: ["x against y", "x against z"],
  tooMany: (drawn: string, all: string): string => `The first ${drawn} of ${all} checked runs are drawn.`,
  thinned: (drawn: string, all: string): string => `${drawn} of ${all} points are drawn; the extremes stay.`,
  constant: (tags: string): string => `Never change, and count for nothing: ${tags}.`,
} as const;

/** `Dynamics of train/loss, val/loss and lr` */
export const dynamicsOf = (tags: readonly string[]): string => `${DYNAMICS.title} of ${listed(tags)}`;

/** `loss, accuracy and lr` */
export function listed(names: readonly string[]): string {
  const each = names.map(isolated);
  const last = each.at(-1) ?? "";
  return each.length < 2 ? last : `${each.slice(0, -1).join(", ")} and ${last}`;
}

export const pathSentence = (tags: readonly string[]): string =>
  `Each point is a step: where ${listed(tags)} stood together. ○ is the first step, the large mark the last.`;

export const smoothSentence = (window: string): string =>
  `Smoothed over ${window} points; the thin line is the points themselves.`;

export const componentSentence = (share: string, tags: string, strongest: readonly string[]): string =>
  `Three axes hold ${share} of what ${tags} metrics do. Along the first, ${listed(strongest)} change most.`;

/** `step 1,200 · epoch 4.1` */
export const atPlace = (step: string, epoch: string | null): string =>
  epoch === null ? `step ${step}` : `step ${step} · epoch ${epoch}`;
