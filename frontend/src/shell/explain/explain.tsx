import { type Signal, useSignal } from "@preact/signals";
import { useCallback } from "preact/hooks";
import { GLOSSARY_WORDS } from "../../base/words/glossary/index.ts";
import { Glossary } from "./glossary.tsx";
import { TermTooltip } from "./tooltip.tsx";
import { Tour } from "./tour.tsx";

/** Where the glossary is open: at a word, at its begin (empty), or not at all. */
export type GlossaryAt = Signal<string | null>;

/** Tooltips on words, the glossary and the first visit's tour: they lie over the page and move nothing. */
export function Explain({ at }: { readonly at: GlossaryAt }) {
  const from = useSignal<Element | null>(null);
  const open = useCallback(
    (name: string) => {
      from.value = document.activeElement;
      at.value = name;
    },
    [at, from],
  );
  const close = () => {
    at.value = null;
    if (from.value instanceof HTMLElement) from.value.focus();
  };
  return (
    <>
      <TermTooltip open={open} />
      {at.value !== null && <Glossary at={at.value} close={close} />}
      <Tour />
    </>
  );
}

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
