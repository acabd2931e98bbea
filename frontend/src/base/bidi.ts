const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";
const OPENS_ISOLATE = /[\u2066-\u2068]/;

/**
 * A name inside of a sentence, so that whatever direction it is written in ends with it.
 * For text without elements, such as tooltips; elsewhere `<bdi>` does the same.
 */
export function isolated(name: string): string {
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
