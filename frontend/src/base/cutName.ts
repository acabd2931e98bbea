import { turnsDirection } from "./bidi.ts";

const SHORT = 16;
const TAIL = 10;
// Enough to hold the tail, whatever its characters are made of.
const LOOKED_AT = 160;

const CHARACTERS = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Where a name is cut when there is no room for it: before its last ten characters. */
export function cutName(name: string): [head: string, tail: string] {
  // What is written from right to left would end up in another order.
  if (name.length <= SHORT || turnsDirection(name)) return [name, ""];
  const end = name.slice(-LOOKED_AT);
  const starts = Array.from(CHARACTERS.segment(end), ({ index }) => index);
  if (starts.length <= TAIL) return [name, ""];
  const cut = name.length - end.length + (starts.at(-TAIL) ?? 0);
  return [name.slice(0, cut), name.slice(cut)];
}
