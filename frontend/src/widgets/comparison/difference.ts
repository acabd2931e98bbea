import { formatPercent, formatSigned } from "../../base/format.ts";
import { type Direction, direction, type Polarity } from "../../base/polarity.ts";

/** How a run stands to the baseline: by sign, by arrow and by word. */
export interface Difference {
  readonly text: string;
  readonly arrow: string;
  readonly direction: Direction;
  /** Of the baseline's value, in percent; null where that is zero, or where it says nothing. */
  readonly percent: string | null;
}

// Beyond, "12,000 %" is no help.
const MOST_SHARE = 10;

/** Null where there is no difference to speak of: one of the two has no value. */
export function differenceOf(value: number, difference: number, polarity: Polarity): Difference | null {
  if (Number.isNaN(difference)) return null;
  const share = Math.abs(difference / (value - difference));
  return {
    text: formatSigned(difference),
    arrow: difference > 0 ? "▲" : difference < 0 ? "▼" : "=",
    direction: direction(0, difference, polarity),
    percent: difference !== 0 && share < MOST_SHARE ? formatPercent(share) : null,
  };
}
