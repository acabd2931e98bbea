import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { retryIn } from "../base/strings.ts";

const TICK_MS = 200;

/** How long until the next try. Not for screen readers, which would say every second of it. */
export function Countdown({ to }: { readonly to: number }) {
  const now = useSignal(Date.now());
  useEffect(() => {
    now.value = Date.now();
    const ticking = setInterval(() => {
      now.value = Date.now();
    }, TICK_MS);
    return () => clearInterval(ticking);
  }, [to, now]);
  return <span aria-hidden="true">{retryIn(Math.ceil((to - now.value) / 1000))}</span>;
}
