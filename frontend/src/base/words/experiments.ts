/** Words of what can be started from the tab. */

import { formatDuration, formatInteger } from "../format.ts";
import type { InstanceState } from "../training.ts";

export const INSTANCE_STATE_NAMES: Readonly<Record<InstanceState, string>> = {
  queued: "queued",
  starting: "starting",
  running: "running",
  stopping: "stopping",
  finished: "finished",
  failed: "failed",
  stopped: "stopped",
  lost: "lost",
};

export const INSTANCE_STATE_HINTS: Readonly<Record<InstanceState, string>> = {
  queued: "Waits until fewer run at once",
  starting: "Its process is being started",
  running: "Its process runs",
  stopping: "It was asked to stop, and comes to its end",
  finished: "It came to its end by itself",
  failed: "It ended with an error",
  stopped: "It was stopped from here",
  lost: "Its process is gone, and nobody knows how it ended",
};

export const EXPERIMENTS = {
  loading: "Asking what can be started …",
  form: "Start trainings",
  which: "Experiment",
  started: "Started from here",
  nothingStarted:
    "Nothing was started so far. What you start appears here, and as a run beside the dashboard.",
  name: "Name of the run",
  nameHint: "Empty: named by the parameters that are not the usual ones",
  severalHint: "Several runs are named by their parameters",
  manyHint: "Several values, with commas in between: a run for each",
  oneOrMore: "One, or several: a run for each",
  noValue: "Give at least one value.",
  tooMany: "At most 100 runs can be started at once.",
  notStarted: "Not started:",
  notDone: "Not done:",
  offTitle: "Nothing can be started from here",
  offText: "Say in a file what may be started, and start TensorBoard with it:",
  offCommand: "tensorboard --logdir runs --candles_experiments experiments.toml",
  nothingDeclared: "The file of --candles_experiments declares no experiment. This one would do:",
  copy: "Copy",
  copyHint: "Take its parameters into the form, to change some of them",
  open: "Show this run in the dashboard",
  output: "Output",
  outputHint: "The end of what it has printed",
  lastLine: "The last line that it printed",
  wholeOutput: "All of it",
  noOutput: "It has printed nothing.",
  onlyEnd: "Only its end is shown here.",
  more: "More to do with it",
  stop: "Stop",
  kill: "Kill",
  resume: "Go on from its checkpoint",
  restart: "Start again from the start",
  remove: "Remove from this list",
  attempt: "attempt",
  exit: (code: number): string => (code < 0 ? `ended by signal ${-code}` : `exit code ${code}`),
  notOurs: "Started by another user or on another machine: it can only be looked at.",
} as const;

export const EXPERIMENTS_TOML = [
  "[experiments.cnn]",
  'command = ["{python}", "train.py", "--logdir", "{logdir}", "--run", "{run}", "{parameters}"]',
  "",
  "[experiments.cnn.parameters.lr]",
  'kind = "float"',
  "default = 1e-3",
  "least = 1e-5",
  "most = 1.0",
].join("\n");

interface Question {
  readonly title: string;
  readonly words: string;
  readonly act: string;
}

/** What is asked before something is lost. */
export const QUESTIONS: Readonly<Record<"stop" | "kill" | "restart" | "remove", Question>> = {
  stop: {
    title: "Stop this training?",
    words:
      "It finishes its batch, saves a checkpoint where its script says how, and ends. It can be started again from here.",
    act: "Stop",
  },
  kill: {
    title: "Kill this training?",
    words: "Its processes end at once: what it has not written by now is lost, and no checkpoint is saved.",
    act: "Kill",
  },
  restart: {
    title: "Start it again from the start?",
    words:
      "The same run begins anew: its points from before are replaced by those of the new start, step by step.",
    act: "Start again",
  },
  remove: {
    title: "Remove it from this list?",
    words: "What it printed is deleted with its entry. The run itself, with all that it logged, stays.",
    act: "Remove",
  },
};

/** What is asked before something that waits is stopped. */
export const UNQUEUE: Question = {
  title: "Take it out of the queue?",
  words: "It has not begun, and will not begin by itself. It can be started from here later on.",
  act: "Stop",
};

/** `Start`, `Start 6 runs` */
export const startRuns = (count: number): string =>
  count <= 1 ? "Start" : `Start ${formatInteger(count)} runs`;

/** `6 runs: 3 values of lr × 2 of seed` */
export function gridOf(sizes: readonly (readonly [name: string, values: number])[]): string {
  const many = sizes.filter(([, values]) => values > 1);
  const count = many.reduce((product, [, values]) => product * values, 1);
  const parts = many.map(([name, values], i) => `${values} ${i === 0 ? "values of " : "of "}${name}`);
  return `${formatInteger(count)} runs: ${parts.join(" × ")}`;
}

/** `2 at once` */
export const atOnce = (most: number, executor: string): string =>
  `${executor}, ${formatInteger(most)} at once`;

export const wasStarted = (count: number): string =>
  count === 1 ? "1 run was put in the queue." : `${formatInteger(count)} runs were put in the queue.`;

export const ranFor = (secs: number): string => `ran for ${formatDuration(Math.round(secs))}`;

export const runsFor = (secs: number): string => `for ${formatDuration(Math.round(secs))}`;

export const moreInstances = (count: number): string => `and ${formatInteger(count)} older ones`;

/** `1 running, 3 queued` */
export const tally = (counts: readonly (readonly [state: InstanceState, count: number])[]): string =>
  counts.map(([state, count]) => `${formatInteger(count)} ${INSTANCE_STATE_NAMES[state]}`).join(", ");

export const moreOf = (run: string): string => `${EXPERIMENTS.more}: ${run}`;
export const copyOf = (run: string): string => `${EXPERIMENTS.copy}: ${run}`;
export const outputOf = (run: string): string => `${EXPERIMENTS.output}: ${run}`;
export const stopOf = (run: string): string => `${EXPERIMENTS.stop}: ${run}`;
