/** A test for names from what a person typed. */
export interface NameFilter {
  readonly test: (name: string) => boolean;
  /** Why it is no regular expression; then it is searched for as plain text. */
  readonly problem: string | null;
}

const EVERYTHING: NameFilter = { test: () => true, problem: null };

export const nameFilter = (query: string): ((name: string) => boolean) => compileFilter(query).test;

export function compileFilter(query: string): NameFilter {
  const text = query.trim();
  if (text === "") return EVERYTHING;
  const pattern = compilePattern(text);
  if (pattern instanceof RegExp) return { test: (name) => pattern.test(name), problem: null };
  const plain = text.toLowerCase();
  return { test: (name) => name.toLowerCase().includes(plain), problem: pattern };
}

/** A pattern without regard to case; else what is wrong with it, in the browser's words. */
export function compilePattern(text: string): RegExp | string {
  try {
    return new RegExp(text, "iu");
  } catch {
    // Where whole characters are matched, a needless backslash is an error: `lr\=0\.1`.
    try {
      return new RegExp(text, "i");
    } catch (error) {
      return reasonOf(error, text);
    }
  }
}

/** `Unterminated group`, of `Invalid regular expression: /(/i: Unterminated group`. */
function reasonOf(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const after = message.lastIndexOf(text);
  const reason = after < 0 ? message : message.slice(after + text.length);
  return reason.replace(/^\/?\w*:?\s*/, "") || message;
}
