import type { InstanceState, TrainingState } from "../base/training.ts";

type Shown = TrainingState | InstanceState;
type Tone = "going" | "held" | "good" | "bad" | "quiet";

const TONES: Readonly<Record<Shown, Tone>> = {
  running: "going",
  starting: "going",
  paused: "held",
  stopping: "held",
  queued: "quiet",
  silent: "quiet",
  stopped: "quiet",
  ended: "good",
  finished: "good",
  failed: "bad",
  dead: "bad",
  lost: "bad",
};

/** A shape for each, so that none is told by its colour alone. */
const SHAPES: Readonly<Record<Shown, string>> = {
  running: "M3 1.500 11 6 3 10.500z",
  starting: "M3 1.500 11 6 3 10.500z",
  paused: "M2.500 1.500h2.500v9H2.500zM7 1.500h2.500v9H7z",
  stopping: "M2 2h8v8H2z",
  stopped: "M2 2h8v8H2z",
  queued: "M6 .500a5.500 5.500 0 1 0 .010 0zM5.250 2.500h1.500v3.200l2.300 1.300-.750 1.300-3.050-1.750z",
  silent: "M2 5h8v2H2z",
  ended: "M1 6.300 2.400 4.900 4.700 7.200 9.600 2.300 11 3.700 4.700 10z",
  finished: "M1 6.300 2.400 4.900 4.700 7.200 9.600 2.300 11 3.700 4.700 10z",
  failed:
    "M2.300 1 6 4.700 9.700 1 11 2.300 7.300 6 11 9.700 9.700 11 6 7.300 2.300 11 1 9.700 4.700 6 1 2.300z",
  dead: "M5 .500h2v3h3v2H7v6H5v-6H2v-2h3z",
  lost: "M5 .500h2v3h3v2H7v6H5v-6H2v-2h3z",
};

interface StateBadgeProps {
  readonly state: Shown;
  readonly words: string;
  readonly hint?: string;
}

/** How something that runs is: in a shape, a colour and a word. */
export const StateBadge = ({ state, words, hint }: StateBadgeProps) => (
  <span class={`state-badge ${TONES[state]}`} data-state={state} data-testid="state-badge" title={hint}>
    <svg viewBox="0 0 12 12" width="11" height="11" aria-hidden="true">
      <path d={SHAPES[state]} fill-rule="evenodd" />
    </svg>
    {words}
  </span>
);
