const LETTERS = 8;

/** A name that nothing else has. Also on pages without TLS, where browsers refuse `crypto.randomUUID`. */
export const newId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(LETTERS))].map((byte) => (byte % 36).toString(36)).join("");
