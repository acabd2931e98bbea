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
