/** How a training is, and what it can be told. */

/** `dead`: its heart stands still. `silent`: it has told nothing of itself. */
export const TRAINING_STATES = [
  "running",
  "paused",
  "stopping",
  "ended",
  "failed",
  "dead",
  "silent",
] as const;
export type TrainingState = (typeof TRAINING_STATES)[number];

export const COMMANDS = ["stop", "pause", "resume", "checkpoint", "predict", "set"] as const;
export type CommandName = (typeof COMMANDS)[number];

export const COMMAND_STATES = ["sent", "seen", "done", "refused", "timed out"] as const;
export type CommandState = (typeof COMMAND_STATES)[number];

/** How something is that was started from here. */
export const INSTANCE_STATES = [
  "queued",
  "starting",
  "running",
  "stopping",
  "finished",
  "failed",
  "stopped",
  "lost",
] as const;
export type InstanceState = (typeof INSTANCE_STATES)[number];

export type ParameterValue = string | number | boolean;
