import type { Entry } from "./entry.ts";

/** By the names of the server's registry. */
export const INDICATOR_WORDS = {
  sma: {
    title: "Simple moving average (SMA)",
    what: "The mean of the last so many closes.",
    training: "The course of the metric without its noise, half a period late.",
    remedy: "Closes that stay on its worse side: the trend has turned.",
  },
  ema: {
    title: "Exponential moving average (EMA)",
    what: "A mean in which the latest closes count most.",
    training: "What the smoothing slider of other dashboards shows.",
    remedy: "It hides spikes. Never judge a crash by it alone.",
  },
  wma: {
    title: "Weighted moving average (WMA)",
    what: "A mean of the last closes whose weights fall in a straight line.",
    training: "Turns sooner than the simple average and remembers no longer.",
    remedy: "Shorten the period where it lags behind what you see.",
  },
  dema: {
    title: "Double exponential average (DEMA)",
    what: "Exponential smoothing with most of its delay taken off.",
    training: "Follows fast progress at the begin of a training.",
    remedy: "It overshoots where the metric turns: that is no event of the training.",
  },
  tema: {
    title: "Triple exponential average (TEMA)",
    what: "Exponential smoothing with nearly no delay.",
    training: "The smoothest line that still keeps up.",
    remedy: "It overshoots where the metric turns: that is no event of the training.",
  },
  bollinger: {
    title: "Bollinger bands",
    what: "A moving average, and two standard deviations above and below it.",
    training:
      "Where the metric usually is. Bands that narrow: training settles. Closes outside: something unusual.",
    remedy:
      "Bands that widen again late in training: lower the learning rate, look at the data of those steps.",
  },
  keltner: {
    title: "Keltner channel",
    what: "An exponential average, and two average true ranges above and below it.",
    training: "As Bollinger bands, by the height of candles instead of the scatter of closes.",
    remedy: "A metric that walks along the worse edge is drifting off.",
  },
  donchian: {
    title: "Donchian channel",
    what: "The highest high and the lowest low of the last candles.",
    training: "While a loss improves, its lower edge falls. Level edges are a plateau.",
    remedy: "A long level lower edge: change the learning rate, or stop early.",
  },
  regression_channel: {
    title: "Linear regression channel",
    what: "The end of a straight line through the last closes, and how far they scatter about it.",
    training: "The slope is the speed of training, the width its noise.",
    remedy: "A slope that came to nothing: the training has.",
  },
  atr: {
    title: "Average true range (ATR)",
    what: "How far the metric moves within a candle on average, gaps between candles included (Wilder).",
    training: "The noise of training. It falls as training settles.",
    remedy: "ATR that rises: the learning rate is too high for this phase, or the data changed.",
  },
  realised_volatility: {
    title: "Realised volatility",
    what: "Standard deviation of the changes from close to close, as a share of the value.",
    training: "Noise that can be compared between metrics and runs: 0.03 is 3 %.",
    remedy: "Of two runs with the same loss take the calmer one.",
  },
  rsi: {
    title: "Relative strength index (RSI)",
    what: "How much of the recent change went upwards, from 0 to 100.",
    training:
      "For a loss: below 30 it falls steadily, around 50 it is noise on a plateau, above 70 it rises.",
    remedy: "Long near 50: training has stalled. Above 70 for a loss: it diverges.",
  },
  macd: {
    title: "MACD",
    what: "A quick exponential average less a slow one, with its own average (signal) and their difference (histogram).",
    training: "The speed of training. Near 0 it is on a plateau.",
    remedy: "The line crosses zero towards worse: the trend has turned; look at what changed there.",
  },
  rate_of_change: {
    title: "Rate of change",
    what: "The change over the last candles in percent.",
    training: "How much training still gains.",
    remedy: "Near 0 for long: stop, or change the learning rate.",
  },
  momentum: {
    title: "Momentum",
    what: "The change over the last candles, in the metric's own unit. Not the optimiser's momentum.",
    training: "Below 0 a loss improves; at 0 it stands still.",
    remedy: "It changes its sign for good: the trend has turned.",
  },
  zscore: {
    title: "Z-score",
    what: "How many standard deviations the close is from the mean of the last ones.",
    training: "How unusual it is. Beyond 3 it is rarely chance.",
    remedy: "Go to that candle, and down to its worst step.",
  },
  drawdown: {
    title: "Drawdown from best",
    what: "How much worse the close is than the best value ever logged.",
    training: "0 is a new best. What it grows to is what would be lost by keeping the last checkpoint.",
    remedy: "Keep the checkpoint of the best step; stop where it keeps growing.",
  },
  obv: {
    title: "On-balance volume",
    what: "The volume added up while the metric rises, taken off while it falls.",
    training: "Whether large gradients come with progress or with loss of it.",
    remedy: "For a loss it should fall. If it rises, the large updates are the harmful ones: clip them.",
  },
} as const satisfies Readonly<Record<string, Entry>>;
