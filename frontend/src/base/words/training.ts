/** Words of trainings as they go: how far they are, and what they are told to do. */

import { isolated } from "../bidi.ts";
import { formatDuration, formatInteger, formatValue } from "../format.ts";
import type { CommandName, CommandState, ParameterValue, TrainingState } from "../training.ts";

export const TRAINING_STATE_NAMES: Readonly<Record<TrainingState, string>> = {
  running: "running",
  paused: "paused",
  stopping: "stopping",
  ended: "ended",
  failed: "failed",
  dead: "dead",
  silent: "silent",
};

export const TRAINING_STATE_HINTS: Readonly<Record<TrainingState, string>> = {
  running: "It tells that it is alive",
  paused: "It waits between two batches until it is resumed",
  stopping: "It finishes its batch, saves a checkpoint where it can, and ends",
  ended: "It came to its end",
  failed: "An exception ended it",
  dead: "It has told nothing for too long, or its process is gone",
  silent: "It has told nothing of itself",
};

/** In a log directory without any. */
export const NO_RUN_YET = "There is no run yet.";

export const PROGRESS = {
  list: "Trainings",
  loading: "Asking how far the trainings are …",
  noRuns: "No run is checked. Check some beside the dashboard.",
  emptyTitle: "None of the checked runs tells how far it is",
  emptyText: "A Tracker tells it by itself. Epochs and batches make percentages and the time left of it:",
  emptyOther:
    "Callbacks for Keras, Lightning and Hugging Face do so too. Runs of other writers, and those logged before, tell nothing.",
  whole: "All epochs",
  ofEpoch: "This epoch",
} as const;

export const PROGRESS_SNIPPET = [
  "from tensorboard_candles import Tracker",
  "",
  'tracker = Tracker(project="my-cnn")',
  "for epoch in tracker.epochs(10):",
  "    for batch in tracker.batches(loader):",
  "        tracker.log(loss=train(batch))",
  "tracker.close()",
].join("\n");

/** `2.04 of 10 epochs` */
export const epochsDoneOf = (done: string, epochs: string): string => `${done} of ${epochs} epochs`;

export const epochsDone = (done: string): string => `${done} epochs`;

/** `epoch 2`, `epoch 2 · batch 40 of 938` */
export function whereInEpoch(epoch: number, batch: number, batches: number): string {
  const parts = [
    ...(Number.isFinite(epoch) ? [`epoch ${formatInteger(epoch)}`] : []),
    ...(Number.isFinite(batch)
      ? [`batch ${formatInteger(batch)}${Number.isFinite(batches) ? ` of ${formatInteger(batches)}` : ""}`]
      : []),
  ];
  return parts.join(" · ");
}

export const atStepOf = (step: number): string => `step ${formatInteger(step)}`;

export const timeLeft = (secs: number): string => `${formatDuration(coarse(secs))} left`;

export const batchesPerSec = (rate: number): string =>
  `${Number(rate.toPrecision(3)).toLocaleString("en-US")} batches/s`;

/** `told something 3s ago` */
export const heardAgo = (secs: number): string =>
  secs < 2 ? "told something just now" : `told something ${formatDuration(coarse(secs))} ago`;

export const silentRuns = (count: number): string =>
  count === 1
    ? "1 checked run tells nothing of itself."
    : `${formatInteger(count)} checked runs tell nothing of themselves.`;

export const trainingsShown = (shown: number, checked: number): string =>
  `${formatInteger(shown)} of ${formatInteger(checked)} checked runs are looked at.`;

/** Nobody reads the milliseconds of an hour. */
const coarse = (secs: number): number => {
  if (secs < 120) return Math.round(secs);
  return secs < 7200 ? Math.round(secs / 10) * 10 : Math.round(secs / 60) * 60;
};

export const CONTROL = {
  run: "Which training",
  inFocus: "The run in focus",
  loading: "Asking what the training obeys …",
  noRun: "No run is checked. Check one beside the dashboard.",
  offTitle: "Commands are switched off",
  offText: "Start TensorBoard with the flag, and the training can be told what to do from here:",
  offCommand: "tensorboard --logdir runs --candles_control",
  silentTitle: "This run can't be told anything",
  silentText: "Its training has told nothing of itself. Write it with a Tracker, and its loop obeys:",
  over: "It does not run any more.",
  commands: "Commands",
  parameters: "Parameters",
  history: "What it was told",
  nothingTold: "Nothing so far.",
  set: "Set",
  now: "now",
  by: "by",
  on: "on",
  off: "off",
  really: "Stop this training?",
  reallyText:
    "It finishes its batch, saves a checkpoint where the script says how, and closes its files. Only a restart brings it back.",
  notSent: "Not sent:",
  hows: "How to make it obey",
} as const;

export const COMMAND_NAMES: Readonly<Record<CommandName, string>> = {
  stop: "Stop",
  pause: "Pause",
  resume: "Resume",
  checkpoint: "Save a checkpoint",
  predict: "Predict",
  set: "Set",
};

export const COMMAND_HINTS: Readonly<Record<Exclude<CommandName, "set">, string>> = {
  stop: "Finish the batch, save a checkpoint, close",
  pause: "Wait after this batch",
  resume: "Go on",
  checkpoint: "Call the script's on_checkpoint after this batch",
  predict: "Call the script's on_predict after this batch",
};

/** The line of a training script that makes it obey. */
export const OBEYS_BY: Readonly<Record<CommandName, string>> = {
  stop: "for batch in tracker.batches(loader):",
  pause: "for batch in tracker.batches(loader):",
  resume: "for batch in tracker.batches(loader):",
  checkpoint: "@tracker.on_checkpoint",
  predict: "@tracker.on_predict",
  set: 'tracker.declare(lr=Parameter(0.1, least=0, most=1, help="Learning rate"))',
};

export const CONTROL_SNIPPET = [
  "for batch in tracker.batches(loader):  # stop, pause and resume",
  "    tracker.log(loss=train(batch, lr=tracker.params.lr))",
].join("\n");

export const COMMAND_STATE_NAMES: Readonly<Record<CommandState, string>> = {
  sent: "sent",
  seen: "seen",
  done: "done",
  refused: "refused",
  "timed out": "timed out",
};

export const COMMAND_STATE_HINTS: Readonly<Record<CommandState, string>> = {
  sent: "On its way to the training",
  seen: "The training has it, and obeys between two batches",
  done: "Obeyed",
  refused: "The training could not obey",
  "timed out": "No answer came in time; it was taken back",
};

/** `set lr to 0.01`, `save a checkpoint` */
export const commandWords = (
  command: CommandName,
  name: string | null,
  value: ParameterValue | null,
): string =>
  command === "set" ? `Set ${isolated(name ?? "")} to ${isolated(String(value))}` : COMMAND_NAMES[command];

export const notObeyed = (command: string): string => `${command}: this training's script does not say how.`;

/** `0 to 1`, `at least 0`; nothing where everything is allowed. */
export function allowedRange(least: number | null, most: number | null): string {
  const [from, to] = [least, most].map((bound) => (bound === null ? null : formatValue(bound)));
  if (from && to) return `${from} to ${to}`;
  if (from) return `at least ${from}`;
  return to ? `at most ${to}` : "";
}

export const notANumber = "This is no number.";
export const notWhole = "This must be a whole number.";
export const outOfRange = (range: string): string => `This must be ${range}.`;

export const savedCheckpoint = (path: string, step: number): string =>
  `Last checkpoint${path === "" ? "" : `: ${isolated(path)}`}${Number.isFinite(step) ? `, step ${formatInteger(step)}` : ""}`;

export const notOneOf = (choices: readonly string[]): string => `This must be one of ${choices.join(", ")}.`;
