/** What a progress bar wrote over is left out, and so are the colours of a terminal. */
export const plain = (text: string): string =>
  text
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((line) => line.replace(/\r$/, "").split("\r").at(-1) ?? "")
    .join("\n")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "");

/** The last thing that was said: mostly, why a process failed. */
export const lastLine = (text: string): string => plain(text).trimEnd().split("\n").at(-1)?.trim() ?? "";
