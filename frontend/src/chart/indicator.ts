import type { IndicatorColumn } from "../data/indicators.ts";
import type { Brightness } from "./theme.ts";

/** An indicator as a chart draws it: over the candles, or in a pane of its own. */
export interface DrawnIndicator {
  readonly id: string;
  /** In the registry: `rsi`. */
  readonly name: string;
  /** What its lines are called, before their values have come, too. */
  readonly outputs: readonly string[];
  readonly columns: readonly IndicatorColumn[];
  readonly colour: string;
  /** Drawn stronger than the others: the one that is pointed at. */
  readonly isPicked: boolean;
}

/**
 * Colours of indicators. Those of runs are mid tones, the same in light and dark; these are darker than any run on
 * white and paler on black, so that neither is taken for the other, and legible as text (4.5:1).
 */
export const INDICATOR_COLOURS: Readonly<Record<Brightness, readonly string[]>> = {
  light: ["#1e2f70", "#6e1f0a", "#4c1480", "#053d39", "#7a0f3c", "#39460a", "#0b0f19", "#334155"],
  dark: ["#bfdbfe", "#fdba74", "#d8b4fe", "#7df0dc", "#f9a8d4", "#d9f99d", "#fde68a", "#f8fafc"],
};

/**
 * A slot of the colours for each indicator: that which its name has in the registry, or the next free one.
 * Those in `known` keep theirs, so that what is added or removed recolours nothing.
 */
export function colourSlots(
  chosen: readonly { readonly text: string; readonly own: number }[],
  known: ReadonlyMap<string, number>,
): Map<string, number> {
  const count = INDICATOR_COLOURS.light.length;
  const slots = new Map<string, number>();
  for (const { text } of chosen) {
    const slot = known.get(text);
    if (slot !== undefined) slots.set(text, slot);
  }
  for (const { text, own } of chosen) {
    if (slots.has(text)) continue;
    const used = [...slots.values()];
    const uses = (slot: number) => used.filter((one) => one === slot).length;
    const offered = Array.from({ length: count }, (_, i) => (own + i) % count);
    const fewest = Math.min(...offered.map(uses));
    slots.set(text, offered.find((slot) => uses(slot) === fewest) ?? own);
  }
  return slots;
}
