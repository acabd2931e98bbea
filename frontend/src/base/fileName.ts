const LONGEST = 80;

/** A name that every file system takes, made of whatever words there are. */
export function fileName(words: string, extension: string): string {
  const plain = words
    .normalize("NFKC")
    .replaceAll(/[^\p{L}\p{N}._=+-]+/gu, "-")
    .replaceAll(/^[-.]+|[-.]+$/g, "");
  return `${[...plain].slice(0, LONGEST).join("") || "candles"}.${extension}`;
}
