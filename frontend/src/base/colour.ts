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

/** The least used colour, beginning the search at the name's own. */
function pickSlot(own: number, used: readonly number[]): number {
  const fewest = Math.min(...used);
  for (let i = 0; i < PALETTE.length; i++) {
    const slot = (own + i) % PALETTE.length;
    if (used[slot] === fewest) return slot;
  }
  return own;
}

/**
 * A colour for each name: that of its hash, or the next one that fewer names have.
 * Names in `known` keep theirs, so a run that appears never recolours another.
 */
export function assignColours(
  names: readonly string[],
  known: ReadonlyMap<string, string> = new Map(),
): Map<string, string> {
  const colours = new Map(known);
  const used = PALETTE.map((colour) => [...colours.values()].filter((other) => other === colour).length);
  for (const name of names) {
    if (colours.has(name)) continue;
    const slot = pickSlot(hash(name) % PALETTE.length, used);
    used[slot] = (used[slot] ?? 0) + 1;
    colours.set(name, PALETTE[slot] ?? FALLBACK);
  }
  return colours;
}
