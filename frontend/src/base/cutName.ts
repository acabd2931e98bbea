import { turnsDirection } from "./bidi.ts";

const SHORT = 12;
const TAIL = 10;
// Less of a name does not tell it from its neighbours.
const LEAST_TAIL = 6;
// Enough to hold the tail, whatever its characters are made of.
const LOOKED_AT = 160;

const CHARACTERS = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Where a name is cut when there is no room for it: before its last ten characters, or at a slash in them. */
export function cutName(name: string): [head: string, tail: string] {
  // What is written from right to left would end up in another order.
  if (name.length <= SHORT || turnsDirection(name)) return [name, ""];
  const end = name.slice(-LOOKED_AT);
  const starts = Array.from(CHARACTERS.segment(end), ({ index }) => index);
  if (starts.length <= TAIL) return [name, ""];
  const cut = name.length - end.length + (starts.at(-TAIL) ?? 0);
  const slash = name.indexOf("/", cut);
  const at = slash >= 0 && name.length - slash >= LEAST_TAIL ? slash : cut;
  return [name.slice(0, at), name.slice(at)];
}
