/** Mid tones that hold 3:1 against both white and the dark background, apart from the candles' red and green. */
export const PALETTE: readonly string[] = [
  "#3b82f6",
  "#d9660a",
  "#8b5cf6",
  "#0891b2",
  "#d33aa4",
  "#a16207",
  "#5b62e8",
  "#5f8f0e",
  "#0b7fc4",
  "#b45309",
  "#a855f7",
  "#db2777",
  "#958213",
  "#4f8a8b",
  "#8d6e63",
];

/** For a run that is not known yet. */
export const FALLBACK = "#7b8496";

/** FNV-1a, 32 bits: the same colour for a name on every machine and every reload. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value ^= text.charCodeAt(i);
    value = Math.imul(value, 0x01000193);
  }
  return value >>> 0;
}

function freeSlot(start: number, taken: ReadonlySet<number>): number {
  for (let i = 0; i < PALETTE.length; i++) {
    const slot = (start + i) % PALETTE.length;
    if (!taken.has(slot)) return slot;
  }
  return start;
}

/**
 * A colour for each name: that of its hash, or the next free one while there is a free one.
 * Names in `known` keep theirs, so a run that appears never recolours another.
 */
export function assignColours(
  names: readonly string[],
  known: ReadonlyMap<string, string> = new Map(),
): Map<string, string> {
  const colours = new Map(known);
  const taken = new Set([...colours.values()].map((colour) => PALETTE.indexOf(colour)));
  for (const name of names) {
    if (colours.has(name)) continue;
    const slot = freeSlot(hash(name) % PALETTE.length, taken);
    taken.add(slot);
    colours.set(name, PALETTE[slot] ?? FALLBACK);
  }
  return colours;
}
