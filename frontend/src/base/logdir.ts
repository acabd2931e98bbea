const URI = /^[a-z][0-9a-z.+-]*:\/\//i;
const DRIVE = /^[a-z]:\\/i;

/** `name:directory` of a --logdir_spec without its name; a path that only holds a colon stays whole. */
function withoutName(part: string): string {
  if (part.startsWith("/") || DRIVE.test(part) || URI.test(part)) return part;
  return part.slice(part.indexOf(":") + 1);
}

/**
 * The first directory of this machine in what TensorBoard was told to read, a --logdir or a --logdir_spec:
 * `/logs` of `a:/logs,b:/more`; null where there is none.
 */
export function firstDirectory(logdir: string): string | null {
  const parts = logdir.split(",").map((part) => withoutName(part.trim()));
  return parts.find((part) => part !== "" && !URI.test(part)) ?? null;
}

/** Control, format and separator characters, which would change how a line of code reads or where it ends. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  return code > 0xffff ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
}

/** Text as a Python string literal. JSON's escapes are Python's too, those of lone surrogates included. */
export const pythonLiteral = (text: string): string => JSON.stringify(text).replace(UNSEEN, escaped);
