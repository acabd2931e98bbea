const NAMED: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

// What no XML may hold, not even escaped: control characters, halves of pairs, and two that are no characters.
const NOT_IN_XML =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export const escapeXml = (text: string): string =>
  text.replace(NOT_IN_XML, "\ufffd").replace(/[&<>"]/g, (character) => NAMED[character] ?? "");

/** A hundredth of a pixel is finer than anybody sees. */
export const round = (value: number): string => String(Number(value.toFixed(2)));

/** What stands in a tag; null leaves one out. */
export const attributes = (values: Readonly<Record<string, string | number | null>>): string =>
  Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ` ${name}="${typeof value === "number" ? round(value) : escapeXml(value ?? "")}"`)
    .join("");
