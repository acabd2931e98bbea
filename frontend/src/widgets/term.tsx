import type { ComponentChildren } from "preact";

interface TermProps {
  /** Of the glossary's entry: `wick`, `atr`, `spike`. */
  readonly name: string;
  readonly children: ComponentChildren;
}

/**
 * A word that explains itself: `<Term name="wick">wick</Term>`. Pointing at it or focusing it shows what it
 * means, a click opens the glossary there. On a button that does something else, put `data-term="wick"` instead.
 */
export const Term = ({ name, children }: TermProps) => (
  <button type="button" class="term" data-term={name}>
    {children}
  </button>
);
