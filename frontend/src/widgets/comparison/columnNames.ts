/** In the order in which they stand. */
export const COLUMN_NAMES = [
  "candles",
  "last",
  "last_difference",
  "best",
  "best_difference",
  "worst",
  "mean",
  "volatility",
  "atr",
  "drawdown",
  "alerts",
  "points",
  "nonfinite",
  "duration",
] as const;

export type ColumnName = (typeof COLUMN_NAMES)[number];

/** Whether there is a number to sort by. */
export const isSortable = (name: ColumnName | "run"): boolean => name !== "candles";
