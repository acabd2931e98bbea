import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** How wide an element is, in pixels; 0 until it is there. */
export function useWidth(element: RefObject<HTMLElement | null>): ReadonlySignal<number> {
  const width = useSignal(0);
  useEffect(() => {
    if (!element.current) return undefined;
    const watching = new ResizeObserver((entries) => {
      width.value = Math.round(entries.at(-1)?.contentRect.width ?? 0);
    });
    watching.observe(element.current);
    return () => watching.disconnect();
  }, [element, width]);
  return width;
}
