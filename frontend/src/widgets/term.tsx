import type { ComponentChildren } from "preact";
import { entryOf } from "../base/words/glossary/index.ts";

interface TermProps {
  /** Of the glossary's entry: `wick`, `atr`, `spike`. */
  readonly name: string;
  readonly children: ComponentChildren;
}

/**
 * A word that explains itself: `<Term name="wick">wick</Term>`. Pointing at it or focusing it shows what it
 * means, a click opens the glossary there. On a button that does something else, put `data-term="wick"` instead.
 */
export function Term({ name, children }: TermProps) {
  if (entryOf(name) === null) return <>{children}</>;
  return (
    <button type="button" class="term" data-term={name}>
      {children}
    </button>
  );
}
