const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";
const OPENS_ISOLATE = /[\u2066-\u2068]/;

/** Scripts that are written to the left, and what turns the direction of any. */
const TURNS =
  /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

export const turnsDirection = (text: string): boolean => TURNS.test(text);

/**
 * A name inside of a sentence, so that whatever direction it is written in ends with it.
 * For text without elements, such as tooltips; elsewhere `<bdi>` does the same. Most names need nothing.
 */
export function isolated(name: string): string {
  if (!turnsDirection(name)) return name;
  let open = 0;
  let balanced = "";
  for (const character of name) {
    if (OPENS_ISOLATE.test(character)) open += 1;
    if (character !== POP_ISOLATE) balanced += character;
    else if (open > 0) {
      open -= 1;
      balanced += character;
    }
  }
  return FIRST_STRONG_ISOLATE + balanced + POP_ISOLATE.repeat(open + 1);
}
