import { isolated } from "../bidi.ts";

/** Words of the widget that draws loss landscapes. */
export const LANDSCAPE = {
  title: "Loss landscape",
  of: (tag: string): string => (tag === "landscape" ? "Loss landscape" : `Loss landscape ${isolated(tag)}`),
  loss: "loss",
  view: "View",
  viewNames: { surface: "Surface", contour: "Contours", profile: "Profile", isosurface: "Shells" },
  viewHints: {
    surface: "The loss as a height over two directions, with its contours beneath",
    contour: "The same from above",
    profile: "Along each direction alone, through the weights",
    isosurface: "Shells of equal loss in three directions",
  },
  scale: "Loss axis",
  scaleNames: { log: "Log", linear: "Linear" },
  beside: "Side by side",
  besideHint: "All checked runs that have one, by the same scale",
  tag: "Landscape",
  step: "Step",
  depth: "Third direction",
  none: "No checked run has a loss landscape.",
  how: "Compute one with landscape(…) or `tensorboard-candles landscape`; docs/landscape.md says how.",
  others: (runs: readonly string[], more: number): string =>
    `These runs have one: ${runs.map(isolated).join(", ")}${more > 0 ? ` and ${more} more` : ""}.`,
  noLog: "Some losses are not above zero, so that the axis is linear.",
  along: "along the direction",
  minimum: "lowest",
  centre: "weights",
  path: "training",
  axisNames: {
    random: (i: number): string => `random direction ${i}`,
    pca: (i: number): string => `component ${i}`,
    hessian: (i: number): string => `eigenvector ${i}`,
    given: (i: number): string => `direction ${i}`,
  },
  withShare: (name: string, share: string): string => `${name} (${share})`,
  checkpoint: (step: string, loss: string): string => `step ${step}\nloss ${loss}`,
  tooMany: (drawn: number, all: string): string =>
    `The first ${drawn} of ${all} checked runs that have one are drawn.`,
  walk: "A random walk draws such curves, too: its first component holds 61 % of the variance (6/π²), whatever is learned.",
  alike: "All are about as sharp as each other.",
  compare: "Compare only landscapes that were made in the same way.",
} as const;

/** `Loss at the weights 0.012, lowest on the grid 0.011.` */
export const depthSentence = (centre: string, lowest: string): string =>
  `Loss ${centre} at the weights, lowest ${lowest}.`;

/** What the largest eigenvalue means. */
export const sharpnessSentence = (eigenvalue: string, step: string): string =>
  `Sharpness ${eigenvalue} (largest eigenvalue of the Hessian): that way the loss rises by 1 over a step of about ${step} in weight space.`;

export const saddleSentence = (eigenvalue: string): string =>
  `Largest eigenvalue of the Hessian ${eigenvalue}: the weights do not lie in a bowl.`;

export const epsilonSentence = (epsilon: string, percent: string): string =>
  `Within ${epsilon} along each direction the loss rises by at most ${percent} (ε-sharpness).`;

export const sharperSentence = (sharp: string, times: string, flat: string): string =>
  `${isolated(sharp)} is ${times} times as sharp as ${isolated(flat)}.`;
