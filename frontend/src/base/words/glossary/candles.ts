import type { Entry } from "./entry.ts";

export const CANDLE_WORDS = {
  candle: {
    title: "Candle",
    what: "All points logged within a stretch of training (an epoch, or so many steps), as one sign: a box from the first to the last value, a line from the lowest to the highest.",
    training: "Its height is how noisy those steps were, its box how far they got.",
    remedy:
      "A candle much taller than its neighbours hides a bad batch: click its wick to go to the very step.",
  },
  wick: {
    title: "Wick",
    what: "The thin line of a candle, from its lowest to its highest value. Exact: a single point is enough to draw it.",
    training:
      "A long wick is a step that was far from the others and did not last: a bad batch, a rounding fault.",
    remedy:
      "Look at the batch of that step. Wicks that grow over time call for a lower learning rate or for gradient clipping.",
  },
  body: {
    title: "Body",
    what: "The box of a candle, from its open to its close.",
    training:
      "Filled: it ended worse than it began. Hollow: better. Long bodies are fast change, flat ones a standstill.",
    remedy:
      "Several filled bodies in a row are a metric that gets worse: look for what changed where the first one opens.",
  },
  open: {
    title: "Open",
    what: "The first value within a candle.",
    training: "Where this stretch of training took over from the one before.",
    remedy:
      "An open far from the last close is a gap: a new epoch's data, a restart, or a resumed checkpoint.",
  },
  high: {
    title: "High",
    what: "The highest value within a candle, with the step where it was. Exact, however many points the candle holds.",
    training: "For a loss, the worst batch of the stretch.",
    remedy: "Go to its step, and look at what was fed and at the gradient norm there.",
  },
  low: {
    title: "Low",
    what: "The lowest value within a candle, with the step where it was. Exact.",
    training: "For a loss, the easiest batch; for an accuracy, the worst.",
    remedy:
      "A training loss of exactly 0 is rarely good news: look for empty batches or labels in the input.",
  },
  close: {
    title: "Close",
    what: "The last value within a candle.",
    training: "Where training stood when the stretch was over. Lines of other runs join their closes.",
    remedy: "Judge progress by the close, and risk by the wicks.",
  },
  mean: {
    title: "Mean",
    what: "The mean of all finite points within a candle.",
    training: "What an ordinary smoothed chart would show in its place.",
    remedy: "Mean and close far apart: the metric moved within the candle. Take narrower ones.",
  },
  std: {
    title: "Standard deviation (std)",
    what: "How far the points of a candle scatter about their mean (population standard deviation).",
    training: "The noise from batch to batch.",
    remedy: "Too much of it: a larger batch or accumulated gradients, a lower learning rate.",
  },
  count: {
    title: "Points",
    what: "How many finite points a candle holds.",
    training: "All of them went into it; nothing is sampled.",
    remedy: "Fewer than expected: steps were not logged, or the run was restarted there.",
  },
  nonfinite: {
    title: "Non-finite points",
    what: "Points that are NaN or infinite. They are counted and marked, and never enter a price.",
    training:
      "The first one is usually where a training broke: a division by zero, a logarithm of zero, an overflow of half precision.",
    remedy:
      "Go back to the last checkpoint before it; lower the learning rate, clip gradients, check the loss scaling and the input.",
  },
  volume: {
    title: "Volume",
    what: "The bars below the candles. On a stock exchange they count shares; here they show the norm of the gradient, or how many points a candle holds where no gradient was logged.",
    training: "How hard the weights are pulled. It rises before the loss does.",
    remedy:
      "Bars that grow for several candles announce an explosion: clip gradients, lower the learning rate.",
  },
  polarity: {
    title: "Better and worse",
    what: "Filled means worse, not up: a candle is filled where a loss rises, and hollow where an accuracy rises. Its colour says the same once more.",
    training: "Taken from what the writer said, else from the tag's name.",
    remedy: "Click it to turn it round where it is wrong.",
  },
  width: {
    title: "Candle width",
    what: "How many steps, epochs or seconds one candle covers.",
    training: "One epoch shows progress, a hundred steps show noise, a single step shows the batch.",
    remedy: "Leave it on Auto, and zoom: candles get narrower as you get closer.",
  },
  heikinashi: {
    title: "Heikin-Ashi",
    what: "Averaged candles: each begins in the middle of the one before and ends at the mean of its own four prices.",
    training: "Noise goes, direction stays: runs of one colour are trends.",
    remedy: "For the trend only. Its prices are averages: turn back to candles to see what was logged.",
  },
  ohlc: {
    title: "OHLC bars",
    what: "A line from low to high with a tick to the left at the open and one to the right at the close.",
    training: "What a candle says, with less ink.",
    remedy: "Good where many candles stand close together.",
  },
  envelope: {
    title: "Envelope",
    what: "A band from the lowest to the highest value, around the line of the closes.",
    training: "The line is the course, the band how far single steps strayed from it.",
    remedy: "A band that widens is a training that becomes unstable.",
  },
  log: {
    title: "Log scale",
    what: "Equal distances are equal ratios: from 1 to 0.1 is as far as from 0.1 to 0.01.",
    training: "The late part of a loss is not flat any more. Zero and below can't be shown.",
    remedy: "Take symlog where values reach zero or below.",
  },
  symlog: {
    title: "Symlog scale",
    what: "Logarithmic away from zero, linear around it, the same below zero as above.",
    training: "For what changes its sign and its size: rewards, log-likelihoods, differences.",
    remedy: "Distances near zero are true, far from it they are ratios.",
  },
  epoch: {
    title: "Epoch",
    what: "One pass over the training data.",
    training: "A candle an epoch is the classic view: where it opens, how it went, where it closes.",
    remedy: "Where the run did not log its epochs, say how many steps one has.",
  },
  crosshair: {
    title: "Crosshair",
    what: "The cross under the pointer. All charts with the same axis show it at the same place.",
    training: "What did the gradient do when the loss jumped? Look straight down.",
    remedy: "Move it by the arrow keys, too.",
  },
  exact: {
    title: "Exact",
    what: "Built from every logged point.",
    training: "TensorBoard's own charts show a sample of them; a spike of one step is almost never in it.",
    remedy: "Where it says “sampled”, no event files could be read: start TensorBoard with --logdir.",
  },
  baseline: {
    title: "Baseline",
    what: "The run that the others are compared with.",
    training: "Differences are signed, and said to be better or worse by the metric's direction.",
    remedy: "Differences smaller than the spread over seeds say nothing: group runs to see it.",
  },
} as const satisfies Readonly<Record<string, Entry>>;
