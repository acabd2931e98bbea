/** Words of the numbers of indicators and detectors. */

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
