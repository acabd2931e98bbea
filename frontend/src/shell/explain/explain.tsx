import { useSignal } from "@preact/signals";
import { useCallback } from "preact/hooks";
import type { ExplainProps } from "./fetched.tsx";
import { Glossary } from "./glossary.tsx";
import { TermTooltip } from "./tooltip.tsx";
import { Tour } from "./tour.tsx";

/** Tooltips on words, the glossary and the first visit's tour: they lie over the page and move nothing. */
export function Explain({ at, tours }: ExplainProps) {
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
      {tours && <Tour />}
    </>
  );
}
