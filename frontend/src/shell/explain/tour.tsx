import { autoUpdate, computePosition, flip, offset, shift } from "@floating-ui/dom";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { stepOf, TOUR_STEPS, TOUR_WORDS } from "../../base/words/tour.ts";
import { noteTourSeen, tourSeen } from "../storage.ts";

/** Shown on the first visit only, once there is a chart to begin with; closing it, at any step, is for good. */
export function Tour() {
  const at = useSignal(tourSeen() ? -1 : 0);
  const hasBegun = useSignal(false);
  const box = useRef<HTMLElement>(null);
  const step = TOUR_STEPS[at.value];
  useEffect(() => {
    if (!step || !box.current) return;
    return pointAt(step.selector, box.current, () => {
      hasBegun.value = true;
    });
  }, [step]);
  if (!step) return null;
  const isLast = at.value === TOUR_STEPS.length - 1;
  const go = (steps: number) => {
    at.value += steps;
  };
  const close = () => {
    noteTourSeen();
    at.value = -1;
  };
  return (
    <section
      class="tour"
      role="dialog"
      aria-label={TOUR_WORDS.label}
      data-testid="tour"
      hidden={!hasBegun.value}
      ref={box}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <header>
        <h2>{step.title}</h2>
        <button type="button" class="icon" aria-label={TOUR_WORDS.close} onClick={close}>
          ×
        </button>
      </header>
      <p aria-live="polite">{step.text}</p>
      <footer>
        <span>{stepOf(at.value + 1, TOUR_STEPS.length)}</span>
        {at.value > 0 && (
          <button type="button" class="plain" onClick={() => go(-1)}>
            {TOUR_WORDS.back}
          </button>
        )}
        <button
          type="button"
          class="plain primary"
          data-testid="tour-next"
          onClick={isLast ? close : () => go(1)}
        >
          {isLast ? TOUR_WORDS.done : TOUR_WORDS.next}
        </button>
      </footer>
    </section>
  );
}

/** Keeps the box beside what it is about; where that is out of sight (a drawer is closed), in the corner. */
function pointAt(selector: string, box: HTMLElement, found: () => void): () => void {
  let stop = () => {};
  const find = () => {
    const target = document.querySelector<HTMLElement>(selector);
    if (!target || target.getClientRects().length === 0) return false;
    stop = stayBeside(target, box);
    found();
    return true;
  };
  // Widgets are drawn a moment after the page is.
  const waiting = new MutationObserver(() => find() && waiting.disconnect());
  if (!find()) waiting.observe(document.body, { childList: true, subtree: true });
  return () => {
    waiting.disconnect();
    stop();
  };
}

function stayBeside(target: HTMLElement, box: HTMLElement): () => void {
  target.classList.add("toured");
  const place = async () => {
    const large = target.clientHeight > window.innerHeight / 3;
    const { x, y } = await computePosition(target, box, {
      placement: large ? "top" : "right-start",
      strategy: "fixed",
      middleware: [
        offset(large ? -box.offsetHeight - 60 : 12),
        flip(),
        shift({ padding: 12, crossAxis: true }),
      ],
    });
    box.dataset.placed = "beside";
    Object.assign(box.style, { left: `${x}px`, top: `${y}px` });
  };
  const stop = autoUpdate(target, box, () => void place());
  return () => {
    stop();
    target.classList.remove("toured");
    delete box.dataset.placed;
    box.removeAttribute("style");
  };
}
