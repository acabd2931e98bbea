import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import type { DashboardState } from "./state.ts";

/** While the widget fills the tab, nothing else can be reached, and Escape ends it. */
export function useFullScreen(
  element: RefObject<HTMLElement | null>,
  id: string,
  state: DashboardState,
): void {
  const { full } = state;
  const isFull = full.value === id;
  useEffect(() => {
    if (!isFull || !element.current) return undefined;
    const release = makeOthersInert(element.current);
    const typed = (event: KeyboardEvent) => {
      // The first Escape closes what is open in the widget.
      if (event.key === "Escape" && !document.querySelector(OPEN)) full.value = null;
    };
    document.addEventListener("keydown", typed, true);
    return () => {
      document.removeEventListener("keydown", typed, true);
      release();
    };
  }, [isFull, element, full]);
}

const OPEN = ':popover-open, dialog[open], [data-full="true"] :is([role="dialog"], [data-open="true"])';

/** What is beside an element and beside all that is around it; what is only said aloud goes on. */
function makeOthersInert(element: HTMLElement): () => void {
  const others: Element[] = [];
  for (let inside: Element = element; inside.parentElement; inside = inside.parentElement) {
    if (inside === document.body) break;
    others.push(...[...inside.parentElement.children].filter((other) => other !== inside && isUsed(other)));
  }
  for (const other of others) other.toggleAttribute("inert", true);
  return () => {
    for (const other of others) other.toggleAttribute("inert", false);
  };
}

const isUsed = (element: Element): boolean =>
  !element.matches("style, script, [inert], [aria-live], [role=status], [role=alert]");
