import { autoUpdate, computePosition, flip, offset, shift } from "@floating-ui/dom";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type Entry, entryOf } from "../../base/words/glossary/index.ts";
import { Explanation } from "./explanation.tsx";

// A pointer on its way to the chart crosses words, and means none of them.
const OPEN_AFTER_MS = 400;
// Long enough to move the pointer from the word onto the tooltip.
const CLOSE_AFTER_MS = 200;
const ID = "term-tooltip";

interface Shown {
  readonly target: HTMLElement;
  readonly entry: Entry;
}

/** Opens the glossary at a word. */
export type OpenGlossary = (name: string) => void;

/** One tooltip for the whole page, over whatever carries `data-term`: by pointer, by focus and by touch. */
export function TermTooltip({ open }: { readonly open: OpenGlossary }) {
  const shown = useSignal<Shown | null>(null);
  const tip = useRef<HTMLDivElement>(null);
  useEffect(() => listen((next) => (shown.value = next), tip, open), [shown, open]);
  const target = shown.value?.target;
  useEffect(() => {
    if (!target || !tip.current) return undefined;
    const described = target.getAttribute("aria-describedby");
    target.setAttribute("aria-describedby", ID);
    const stop = follow(target, tip.current);
    return () => {
      stop();
      if (described === null) target.removeAttribute("aria-describedby");
      else target.setAttribute("aria-describedby", described);
    };
  }, [target]);
  if (!shown.value) return null;
  const { entry } = shown.value;
  return (
    <div class="tooltip" role="tooltip" id={ID} data-testid="tooltip" ref={tip}>
      <b>{entry.title}</b>
      <Explanation entry={entry} />
    </div>
  );
}

function follow(target: HTMLElement, tip: HTMLElement): () => void {
  const place = async () => {
    const middleware = [offset(6), flip(), shift({ padding: 8 })];
    const { x, y } = await computePosition(target, tip, {
      placement: "bottom-start",
      strategy: "fixed",
      middleware,
    });
    Object.assign(tip.style, { left: `${x}px`, top: `${y}px`, visibility: "visible" });
  };
  return autoUpdate(target, tip, () => void place());
}

function termAt(node: EventTarget | null): Shown | null {
  const target = node instanceof Element ? node.closest<HTMLElement>("[data-term]") : null;
  const entry = target && entryOf(target.dataset.term ?? "");
  return target && entry ? { target, entry } : null;
}

type Show = (shown: Shown | null) => void;

/** Watches the whole document, so that words need no listeners of their own. */
function listen(show: Show, tip: { readonly current: HTMLElement | null }, open: OpenGlossary): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = (next: Shown | null, ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => show(next), ms);
  };
  // After a press it is the page that moves under the pointer, until that moves itself.
  let hasPressed = false;
  const onPress = () => {
    hasPressed = true;
    later(null, 0);
  };
  const onMove = (event: PointerEvent) => {
    if (!hasPressed) return;
    hasPressed = false;
    onOver(event);
  };
  const onOver = ({ target, pointerType }: PointerEvent) => {
    if (hasPressed) return;
    if (target instanceof Node && tip.current?.contains(target)) clearTimeout(timer);
    else if (pointerType !== "touch") {
      const found = termAt(target);
      later(found, found ? OPEN_AFTER_MS : CLOSE_AFTER_MS);
    }
  };
  const onFocus = ({ target }: FocusEvent) => {
    // A press focuses, too, and is about to do something.
    if (target instanceof Element && target.matches(":focus-visible")) later(termAt(target), 0);
  };
  const onClick = ({ target }: MouseEvent) => {
    const found = termAt(target);
    if (!found?.target.classList.contains("term")) return;
    later(null, 0);
    open(found.target.dataset.term ?? "");
  };
  document.addEventListener("pointerover", onOver, { signal });
  document.addEventListener("focusin", onFocus, { signal });
  document.addEventListener("focusout", () => later(null, 0), { signal });
  document.addEventListener("click", onClick, { signal });
  document.addEventListener("keydown", ({ key }) => key === "Escape" && later(null, 0), { signal });
  // A press or a turn of the wheel is meant for what is below, such as the chart.
  document.addEventListener("pointerdown", onPress, { signal });
  document.addEventListener("pointermove", onMove, { signal, passive: true });
  document.addEventListener("wheel", () => later(null, 0), { signal, passive: true });
  // Nothing is pointed at any more once the pointer has left the frame.
  document.documentElement.addEventListener("pointerleave", () => later(null, CLOSE_AFTER_MS), { signal });
  return () => {
    clearTimeout(timer);
    listening.abort();
  };
}
