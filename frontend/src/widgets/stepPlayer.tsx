import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { placeName } from "../base/words/line.ts";
import { STEP_PLAYER } from "../base/words/stepPlayer.ts";

const WHOLE_WAY_MS = 8000;
const LEAST_TICK_MS = 60;
// For whoever wants less motion: a picture a second.
const CALM_TICK_MS = 1000;

interface StepPlayerProps {
  /** All that there are, in order. */
  readonly steps: readonly number[];
  /** Which of them is shown. */
  readonly step: number;
  /** The step that was picked; null: the last, whichever that is by then. */
  readonly picked: Signal<number | null>;
  readonly playing: Signal<boolean>;
  /** Whether the step is in sight: what is on its way is waited for. */
  readonly isReady: boolean;
}

/** A slider over the steps that were logged, which goes on by itself while it plays. */
export function StepPlayer({ steps, step, picked, playing, isReady }: StepPlayerProps) {
  const at = steps.indexOf(step);
  const last = steps.length - 1;
  const go = (index: number) => {
    picked.value = index >= last ? null : (steps[index] ?? null);
  };
  useSteps(playing, { at, last, isReady, go });
  const toggle = () => {
    if (!playing.value && at >= last) go(0);
    playing.value = !playing.value;
  };
  const words = placeName("steps", step);
  return (
    <div class="player">
      <button type="button" class="plain" data-testid="play" disabled={last < 1} onClick={toggle}>
        {playing.value ? STEP_PLAYER.pause : STEP_PLAYER.play}
      </button>
      <input
        type="range"
        min={0}
        max={Math.max(last, 0)}
        step={1}
        aria-label={STEP_PLAYER.time}
        aria-valuetext={words}
        data-testid="time"
        value={at}
        onInput={(event) => {
          playing.value = false;
          go(Number(event.currentTarget.value));
        }}
      />
      <output data-testid="time-at">{words}</output>
    </div>
  );
}

interface Way {
  readonly at: number;
  readonly last: number;
  readonly isReady: boolean;
  readonly go: (index: number) => void;
}

/** Goes from step to step while it plays, and stops at the last. */
function useSteps(playing: Signal<boolean>, { at, last, isReady, go }: Way): void {
  const since = useRef(0);
  useEffect(() => {
    since.current = performance.now();
  }, [at, playing.value]);
  useEffect(() => {
    if (!playing.value || !isReady) return undefined;
    // A step's time runs while it is on its way, too.
    const leftMs = Math.max(0, tickMs(last) - (performance.now() - since.current));
    const timer = setTimeout(() => {
      go(at + 1);
      if (at + 1 >= last) playing.value = false;
    }, leftMs);
    return () => clearTimeout(timer);
  }, [playing.value, isReady, at, last]);
}

function tickMs(last: number): number {
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return CALM_TICK_MS;
  return Math.max(LEAST_TICK_MS, WHOLE_WAY_MS / Math.max(last, 1));
}
