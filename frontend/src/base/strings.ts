/** Every word of the tab, in one place. */

import { isolated } from "./bidi.ts";
import type { ColourScheme } from "./colour.ts";
import type { Polarity } from "./polarity.ts";

/** A wording for where there is room, and one for where there is little. */
export interface SizedWords {
  readonly long: string;
  readonly short: string;
}

export const STRINGS = {
  product: "Candles",
  runs: "Runs",
  tags: "Tags",
  filterRuns: "Filter runs (regex)",
  filterTags: "Filter tags (regex)",
  noMatch: "Nothing matches the filter.",
  checkShown: "Check all shown runs",
  showSidebar: "Show runs and tags",
  hideSidebar: "Hide runs and tags",
  focusHint:
    "Click a name to draw that run as candles. Other checked runs are drawn as lines of their close.",
  axis: "Horizontal axis",
  axisNames: { steps: "Steps", epochs: "Epochs", seconds: "Time" },
  axisHints: {
    steps: "One candle covers so many steps",
    epochs: "One candle covers so many epochs",
    seconds: "One candle covers so much time since the run began",
  },
  candleWidth: "Candle width",
  auto: "Auto",
  autoHint: "Candles a few pixels wide, whatever the zoom",
  widthUnits: { steps: "steps", epochs: "epochs", seconds: "s" },
  widthUnit: { steps: "step", epochs: "epoch", seconds: "s" },
  scale: "Price scale",
  scaleNames: { linear: "Linear", log: "Log", symlog: "Symlog" },
  prices: "Fit prices to",
  pricesNames: { wicks: "Wicks", bodies: "Bodies" },
  pricesHints: {
    wicks:
      "Every extreme is in view. Drag the price axis to stretch it, double-click it to come back to this.",
    bodies:
      "One spike does not flatten the rest: arrows mark what reaches beyond. Drag the price axis to stretch it, double-click it to come back to this.",
  },
  beyond: { long: "reaches beyond the view", short: "beyond the view" },
  fit: "Fit",
  fitHint: "Show all of every run (F)",
  stepsPerEpoch: "steps per epoch",
  stepsPerEpochExample: "500?",
  stepsPerEpochHint: "Takes every epoch of a run that did not log its epochs to have so many steps",
  loadingTitle: "Reading event files",
  connecting: "Connecting to TensorBoard",
  emptyTitle: "No scalars yet",
  emptyLogdir: "The log directory",
  emptyText: "holds no scalar points. Log some, and they appear here by themselves:",
  emptyOther:
    "Anything that writes scalars for TensorBoard works as well: SummaryWriter of torch.utils.tensorboard or tensorboardX, tf.summary, Keras, Lightning, Hugging Face.",
  emptyStart: "Start a training from here",
  goneTitle: "TensorBoard does not answer",
  goneText: "Is it still running? This page asks again by itself and goes on where it was.",
  chartErrorTitle: "Cannot draw this",
  noRunHasTag: "None of the checked runs has this tag.",
  sampled: "sampled",
  sampledHint:
    "TensorBoard's own sample of the points; extremes may be missing. Start TensorBoard with --logdir to see all of them.",
  intro:
    "Each candle sums up many logged points. Its wick reaches from the lowest to the highest of them, so no spike is lost.",
  controls: "Controls",
  whatIsACandle: "What is a candle?",
  dismiss: "Dismiss",
  close: "Close",
  chartRole: "candle chart",
  chartKeys:
    "Arrow keys move from candle to candle, Home and End to the first and last, plus and minus zoom, F fits.",
  noPoints: "no points here",
  volumeCount: "volume: points per candle",
  unitHint: "What the values are measured in",
  resolutionHint:
    "The training logged candles in place of points, the longest over so many steps. Their extremes are exact; nothing finer was kept.",
  nonfinite: { long: "holds NaN or infinite points", short: "NaN or infinite" },
  otherRuns: { long: "lines: closes of the other checked runs", short: "other runs" },
  more: "More",
  less: "Less",
  empty: "–",
} as const;

export const READOUT = {
  open: "open",
  high: "high",
  low: "low",
  close: "close",
  mean: "mean",
  std: "std",
  count: "points",
  nonfinite: "non-finite",
  volume: "volume",
} as const;

/** "What is a candle?", a paragraph and a list of what its parts are called. */
export const HELP = {
  first: "A candle sums up all points logged within a stretch of training: an epoch, or so many steps.",
  parts: [
    ["wick", "the thin line, from the lowest to the highest value. Exact: a single bad batch shows."],
    ["body", "the box, from open (the first value) to close (the last one)."],
    [
      "filled",
      "it got worse within the candle: a loss rose, an accuracy fell. In red, or orange in colour-blind safe colours.",
    ],
    [
      "hollow",
      "it ended better than it began, as one does that begins on a spike: it got better from there. In green, or blue in colour-blind safe colours.",
    ],
    ["dot", "a single point: filled where it is worse than the point before, hollow where it is better."],
  ],
  last: "Long wicks mean noisy training, long bodies fast change. Zoom in to see the very steps.",
  drawing: "Two candles with their parts named",
} as const;

/** `0.12 nats`, `93%` */
export const withUnit = (value: string, unit: string | null): string =>
  unit === null ? value : `${value}${unit === "%" ? "" : " "}${isolated(unit)}`;

export const polarityName = (polarity: Polarity): SizedWords =>
  polarity === "lower_is_better"
    ? { long: "lower is better", short: "↓ better" }
    : { long: "higher is better", short: "↑ better" };

/** `logged as candles of up to 1,000 steps` */
export const loggedAs = (steps: string): SizedWords =>
  steps === "1"
    ? { long: "logged as candles of 1 step", short: "1 step" }
    : { long: `logged as candles of up to ${steps} steps`, short: `≤ ${steps} steps` };

/** The end of a name, where names of one kind differ. */
function ending(name: string, most: number): string {
  const characters = [...name];
  return characters.length <= most ? name : `…${characters.slice(1 - most).join("")}`;
}

interface Legend {
  readonly worse: SizedWords;
  readonly better: SizedWords;
}

const HUES: Readonly<Record<ColourScheme, Readonly<Record<"worse" | "better", string>>>> = {
  default: { worse: "red", better: "green" },
  safe: { worse: "orange", better: "blue" },
};

/**
 * What the colours of candles mean for a tag: `filled, red: loss rose within the candle (worse)`.
 * No scheme: the colours are those of runs, and only filled and hollow mean it.
 */
export function legend(tag: string, polarity: Polarity, scheme: ColourScheme | null = "default"): Legend {
  const name = isolated(ending(tag, 40));
  // The title has it whole.
  const last = isolated(ending(tag.split("/").at(-1) || tag, 20));
  const [bad, good] = polarity === "lower_is_better" ? ["rose", "fell"] : ["fell", "rose"];
  const [filled, hollow] =
    scheme === null
      ? ["filled", "hollow"]
      : [`filled, ${HUES[scheme].worse}`, `hollow, ${HUES[scheme].better}`];
  return {
    worse: {
      long: `${filled}: ${name} ${bad} within the candle (worse)`,
      short: `${last} ${bad} (worse)`,
    },
    better: { long: `${hollow}: ${name} ${good} (better)`, short: `${last} ${good} (better)` },
  };
}

/** Around a run's name. */
export const EPOCHS_UNKNOWN = {
  before: "On this axis a candle is an epoch, and the epochs of run '",
  after: "' are not known: it has neither epoch marks nor an 'epoch' scalar.",
  remedy: "Log them with tracker.epoch(), or say how long an epoch is:",
} as const;

export const notPlaced = (runs: number): string =>
  runs === 1
    ? "1 checked run has no epochs and is not drawn."
    : `${runs} checked runs have no epochs and are not drawn.`;

export const volumeTitle = (volume: string): string =>
  volume === "count" ? STRINGS.volumeCount : `volume: ${isolated(volume)} (mean)`;

export const seriesTitle = (run: string, tag: string): string => `${isolated(run)} · ${isolated(tag)}`;

export const chartLabel = (tag: string): string => `${isolated(tag)}. ${STRINGS.chartKeys}`;

/** A name as it is shown: without letters it would be a blank line. */
export const shownName = (name: string): string => (name.trim() === "" ? "(no name)" : name);

export const pointsLong = (points: string): string => (points === "1" ? "1 point" : `${points} points`);

export const atByte = (offset: string): string => `, byte ${offset}`;

export const atStep = (step: string): string => `at step ${step}`;

export const tookTime = (duration: string): string => `over ${duration}`;

export const pointsShort = (points: string): string => (points === "1" ? "1 pt" : `${points} pts`);

export const problemsTitle = (count: number): string =>
  count === 1 ? "1 problem in the event files" : `${count} problems in the event files`;

/** Lines of Python that log into a directory, which is given as a Python literal; null: the default one. */
export const emptySnippet = (logdir: string | null): string =>
  [
    "from tensorboard_candles import Tracker",
    "",
    `tracker = Tracker(project="my-cnn"${logdir === null ? "" : `, logdir=${logdir}`})`,
    "for batch in batches:",
    "    ...",
    "    tracker.log(loss=loss)",
  ].join("\n");

export const retryIn = (seconds: number): string =>
  seconds > 0 ? `Next try in ${seconds} s.` : "Trying again …";

export const loadingShare = (done: number, total: number, bytes: string, of: string): string =>
  `${done} of ${total} files · ${bytes} of ${of}`;

export const drawnOf = (drawn: number, checked: number): string =>
  `${drawn} of ${checked} checked runs are drawn.`;

export const tooNarrow = (width: string, unit: string, most: string, shown: string): string =>
  `Candles of ${width} ${unit} would be more than ${most} here. Showing ${shown} until you zoom in.`;

export const clippedAtZero = (count: string): string =>
  count === "1"
    ? "1 candle is cut off: it reaches zero or below."
    : `${count} candles are cut off: they reach zero or below.`;
