/** What is drawn beside the candles, as a widget keeps it. */
export interface ExtraSettings {
  /** As `atr:14`, in the order in which they were added. */
  readonly indicators: readonly string[];
  /** Those of them that are not drawn for now. */
  readonly hidden: readonly string[];
  readonly alerts: boolean;
  readonly patterns: boolean;
}

export const DEFAULT_EXTRAS: ExtraSettings = { indicators: [], hidden: [], alerts: true, patterns: false };

export function readExtras(stored: Readonly<Record<string, unknown>>): ExtraSettings {
  const { indicators, hidden, alerts, patterns } = stored;
  return {
    indicators: texts(indicators),
    hidden: texts(hidden),
    alerts: alerts !== false,
    patterns: patterns === true,
  };
}

const texts = (stored: unknown): readonly string[] =>
  Array.isArray(stored) ? stored.filter((one): one is string => typeof one === "string") : [];
