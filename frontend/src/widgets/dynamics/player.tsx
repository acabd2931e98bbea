import type { Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { DYNAMICS } from "../../base/words/dynamics.ts";

const WHOLE_WAY_MS = 12_000;
const TICK_MS = 80;
// For whoever wants less motion: a picture a second.
const CALM_TICK_MS = 1000;

interface PlayerProps {
  readonly steps: { readonly from: number; readonly to: number };
  /** The step up to which it is drawn; null: all of it. */
  readonly until: Signal<number | null>;
  readonly playing: Signal<boolean>;
  /** What is said of where it is. */
  readonly at: string;
}

/** A training once more: a slider along its steps, which goes on by itself while it plays. */
export function Player({ steps, until, playing, at }: PlayerProps) {
  const { from, to } = steps;
  useEffect(() => {
    if (!playing.value) return undefined;
    const tickMs = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? CALM_TICK_MS : TICK_MS;
    const timer = setInterval(() => {
      const next = (until.value ?? from) + ((to - from) * tickMs) / WHOLE_WAY_MS;
      until.value = next >= to ? null : next;
      if (next >= to) playing.value = false;
    }, tickMs);
    return () => clearInterval(timer);
  }, [playing.value, from, to]);
  const toggle = () => {
    if (!playing.value && until.value === null) until.value = from;
    playing.value = !playing.value;
  };
  return (
    <div class="player">
      <button type="button" class="plain" data-testid="play" onClick={toggle}>
        {playing.value ? DYNAMICS.pause : DYNAMICS.play}
      </button>
      <input
        type="range"
        min={from}
        max={to}
        step="any"
        aria-label={DYNAMICS.time}
        aria-valuetext={at}
        data-testid="time"
        value={until.value ?? to}
        onInput={(event) => {
          const value = Number(event.currentTarget.value);
          playing.value = false;
          until.value = value >= to ? null : value;
        }}
      />
      <output data-testid="time-at">{at}</output>
    </div>
  );
}
