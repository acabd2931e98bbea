/** Words of the indicators, and of the alerts and patterns that are marked on a chart. */

export const INDICATOR_WORDS = {
  open: "Indicators",
  openHint: "Averages, bands and measures computed from the candles",
  picker: "Add an indicator",
  search: "Search indicators",
  none: "No indicator matches.",
  groups: { overlay: "Over the candles", pane: "In a pane of their own" },
  panesFull: "There is room for four panes. Remove one to add another.",
  manyChosen: "Twenty indicators are as many as there can be.",
  add: "Add",
  again: "Add one more",
  repeated: "It is in the chart already. Its button below adds one more, with other numbers.",
  hide: "Hide",
  show: "Show",
  remove: "Remove",
  reset: "Reset to defaults",
  done: "Done",
  list: "Indicators in this chart",
  source: "Definition:",
  unknown: "not known to this server",
  failed: "This indicator can't be computed here:",
} as const;

/** `Hide sma(20)` */
export const actOn = (action: string, label: string): string => `${action} ${label}`;

export const configure = (title: string): string => `Configure ${title}`;

const PARAMETERS: Readonly<Record<string, string>> = {
  period: "Candles looked back on",
  deviations: "Standard deviations",
  ranges: "Average true ranges",
  atr_period: "Candles of the average true range",
  fast: "Candles of the quick average",
  slow: "Candles of the slow average",
  signal: "Candles of the signal",
  window: "Points looked back on",
  z: "Deviations from the usual",
  warmup: "Points before it begins",
  share: "Share",
  patience: "Points that it waits",
  noise: "Share of the noise",
  calm: "Points between two alerts",
  factor: "Times the usual",
  sigma: "Standard deviations (σ)",
  alpha: "Weight of the past (α)",
  samples: "Points looked back on",
};

/** What a parameter is called; what nobody named goes by the server's name. */
export const parameterName = (name: string): string => PARAMETERS[name] ?? name.replaceAll("_", " ");

export const allowed = (least: string, most: string, value: string): string =>
  `${least} to ${most}; default ${value}`;

const OUTPUTS: Readonly<Record<string, string>> = {
  upper: "upper line",
  middle: "middle line",
  lower: "lower line",
  line: "line",
  signal: "signal",
  histogram: "line less signal",
};

export const outputName = (output: string): string => OUTPUTS[output] ?? output;

/** `bollinger(20,2) upper line 0.31` */
export const valueSpoken = (label: string, output: string, value: string): string =>
  [label, output && outputName(output), value].filter(Boolean).join(" ");

/** The widget of one indicator alone. */
export const INDICATOR_WIDGET = {
  title: "Indicator",
  hint: "One measure of volatility or momentum, as a line for each checked run.",
  which: "Indicator",
  line: "Which line",
  axis: "Horizontal axis",
  configure: "Settings",
  role: "line chart of an indicator",
  keys: "Arrow keys move from candle to candle, plus and minus zoom, F fits.",
  readout: "Values of each run",
} as const;

export const indicatorOf = (label: string, tag: string): string => `${label} of ${tag}`;
