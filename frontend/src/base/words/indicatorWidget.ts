/** The widget of one indicator alone. */
export const INDICATOR_WIDGET = {
  which: "Indicator",
  line: "Which line",
  axis: "Horizontal axis",
  configure: "Settings",
  role: "line chart of an indicator",
  keys: "Arrow keys move from candle to candle, plus and minus zoom, F fits.",
  readout: "Values of each run",
} as const;

export const indicatorOf = (label: string, tag: string): string => `${label} of ${tag}`;
