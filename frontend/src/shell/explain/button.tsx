import type { Signal } from "@preact/signals";
import { GLOSSARY_WORDS } from "../../base/words/glossary/words.ts";

/** Where the glossary is open: at a word, at its begin (empty), or not at all. */
export type GlossaryAt = Signal<string | null>;

export const GlossaryButton = ({ at }: { readonly at: GlossaryAt }) => (
  <button
    type="button"
    class="plain"
    data-testid="glossary-open"
    aria-expanded={at.value !== null}
    onClick={() => {
      at.value = at.value === null ? "" : null;
    }}
  >
    {GLOSSARY_WORDS.open}
  </button>
);
