import type { Signal } from "@preact/signals";

/** Keeps `busy` true while a chart loads, and then until what was loaded is on screen. */
export function busyUntilPainted(busy: Signal<boolean>): (isLoading: boolean) => void {
  let now = false;
  return (isLoading) => {
    now = isLoading;
    if (isLoading) busy.value = true;
    else {
      requestAnimationFrame(() => {
        busy.value = now;
      });
    }
  };
}
