import { effect } from "@preact/signals";

/**
 * Takes what is made of signals at once, and again some time after any of them has changed, until the returned
 * function is called.
 */
export function follow<Made>(make: () => Made, take: (made: Made) => void, settleMs: number): () => void {
  let stop = () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  const turn = () => {
    let isMade = false;
    stop();
    stop = effect(() => {
      if (isMade) timer = setTimeout(turn, settleMs);
      else {
        isMade = true;
        take(make());
      }
    });
  };
  turn();
  return () => {
    clearTimeout(timer);
    stop();
  };
}
