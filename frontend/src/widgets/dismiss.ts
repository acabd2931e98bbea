import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** What is open, the latest last: Escape closes one at a time. */
const opened: object[] = [];

/** For what lies over the page: Escape and a press anywhere else close it. */
export function useDismiss<T extends HTMLElement>(open: boolean, close: () => void): RefObject<T | null> {
  const inside = useRef<T>(null);
  // Before it is seen, so that no key is lost that is pressed at once.
  useLayoutEffect(() => {
    if (!open) return undefined;
    const listening = new AbortController();
    const { signal } = listening;
    opened.push(listening);
    const pressed = (event: Event) => {
      if (event.target instanceof Node && !inside.current?.contains(event.target)) close();
    };
    const typed = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || opened.at(-1) !== listening) return;
      event.preventDefault();
      close();
    };
    document.addEventListener("pointerdown", pressed, { signal });
    document.addEventListener("keydown", typed, { signal });
    return () => {
      opened.splice(opened.indexOf(listening), 1);
      listening.abort();
    };
  }, [open, close]);
  return inside;
}
