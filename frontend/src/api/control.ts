import {
  COMMAND_STATES,
  COMMANDS,
  type CommandName,
  type CommandState,
  type ParameterValue,
  TRAINING_STATES,
  type TrainingState,
} from "../base/training.ts";
import { asArray, asBound, asNumber, asOneOf, asRecord, asText } from "./json.ts";

const KINDS = ["float", "int", "bool", "choice"] as const;

/** What may be changed while a training runs. */
export interface LiveParameter {
  readonly name: string;
  readonly kind: (typeof KINDS)[number];
  readonly value: ParameterValue;
  /** Null: no such bound. */
  readonly least: number | null;
  readonly most: number | null;
  readonly choices: readonly ParameterValue[];
  readonly help: string;
}

/** How far a training is; what is not known is NaN. */
export interface TrainingProgress {
  readonly step: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly batch: number;
  readonly batches: number;
  /** With the part of the epoch that has gone by. */
  readonly epochsDone: number;
  readonly batchesPerSec: number;
  readonly remainingSecs: number;
  /** Seconds since 1970, as all times here. */
  readonly startedTime: number;
}

/** What a training tells of itself. */
export interface TrainingStatus {
  readonly message: string;
  readonly host: string;
  readonly pid: number;
  readonly obeys: readonly CommandName[];
  readonly parameters: readonly LiveParameter[];
  readonly progress: TrainingProgress;
  readonly checkpoint: { readonly path: string; readonly step: number; readonly time: number } | null;
}

/** A command, and what became of it. */
export interface SentCommand {
  readonly id: string;
  readonly command: CommandName;
  /** Of the parameter that is set, and to what. */
  readonly name: string | null;
  readonly value: ParameterValue | null;
  readonly by: string;
  readonly sentTime: number;
  readonly state: CommandState;
  readonly message: string;
  readonly step: number;
  readonly answeredTime: number;
}

export interface Training {
  readonly run: string;
  readonly state: TrainingState;
  /** When it was asked for. */
  readonly heardSecsAgo: number;
  /** Null: it has told nothing. */
  readonly status: TrainingStatus | null;
  /** The newest first. */
  readonly commands: readonly SentCommand[];
  /** What could not be read of it; empty: nothing. */
  readonly problem: string;
}

/** `control?run=a&run=b` */
export const controlPath = (runs: readonly string[]): string =>
  `control?${new URLSearchParams(runs.map((run) => ["run", run]))}`;

export const decodeControl = (answer: unknown): Training[] =>
  asArray(asRecord(answer).control).map((item) => {
    const { run, state, heard_secs_ago, status, commands, problem } = asRecord(item);
    return {
      run: asText(run),
      state: asOneOf(TRAINING_STATES, state) ?? "silent",
      heardSecsAgo: asNumber(heard_secs_ago),
      status: status === null || status === undefined ? null : statusOf(asRecord(status)),
      commands: asArray(commands)
        .flatMap(commandOf)
        .sort((a, b) => b.sentTime - a.sentTime),
      problem: asText(problem),
    };
  });

function statusOf(status: Record<string, unknown>): TrainingStatus {
  const { message, host, pid, obeys, parameters, progress, checkpoint } = status;
  const saved = asRecord(checkpoint);
  return {
    message: asText(message),
    host: asText(host),
    pid: asNumber(pid),
    obeys: asArray(obeys).flatMap((name) => asOneOf(COMMANDS, name) ?? []),
    parameters: Object.entries(asRecord(parameters)).flatMap(([name, one]) =>
      parameterOf(name, asRecord(one)),
    ),
    progress: progressOf(asRecord(progress)),
    checkpoint:
      typeof saved.path === "string"
        ? { path: saved.path, step: asNumber(saved.step), time: asNumber(saved.time) }
        : null,
  };
}

const progressOf = (progress: Record<string, unknown>): TrainingProgress => ({
  step: asNumber(progress.step),
  epoch: asNumber(progress.epoch),
  epochs: asNumber(progress.epochs),
  batch: asNumber(progress.batch),
  batches: asNumber(progress.batches),
  epochsDone: asNumber(progress.epochs_done),
  batchesPerSec: asNumber(progress.batches_per_sec),
  remainingSecs: asNumber(progress.remaining_secs),
  startedTime: asNumber(progress.started_time),
});

/** None where it is of a kind that this tab does not know. */
function parameterOf(name: string, parameter: Record<string, unknown>): LiveParameter[] {
  const { kind, value, least, most, choices, help } = parameter;
  const known = asOneOf(KINDS, kind);
  if (known === undefined || !isValue(value)) return [];
  return [
    {
      name,
      kind: known,
      value,
      least: asBound(least),
      most: asBound(most),
      choices: asArray(choices).filter(isValue),
      help: asText(help),
    },
  ];
}

function commandOf(item: unknown): SentCommand[] {
  const { id, command, name, value, by, sent_time, state, message, step, answered_time } = asRecord(item);
  const [known, became] = [asOneOf(COMMANDS, command), asOneOf(COMMAND_STATES, state)];
  if (known === undefined || became === undefined) return [];
  return [
    {
      id: asText(id),
      command: known,
      name: typeof name === "string" ? name : null,
      value: isValue(value) ? value : null,
      by: asText(by),
      sentTime: asNumber(sent_time),
      state: became,
      message: asText(message),
      step: asNumber(step),
      answeredTime: asNumber(answered_time),
    },
  ];
}

export const isValue = (value: unknown): value is ParameterValue =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";
