import { INSTANCE_STATES, type InstanceState, type ParameterValue } from "../base/training.ts";
import { isValue } from "./control.ts";
import { asArray, asBound, asNumber, asOneOf, asRecord, asText } from "./json.ts";

const KINDS = ["int", "float", "bool", "choice", "text"] as const;

/** What an experiment can be started with. */
export interface StartParameter {
  readonly name: string;
  readonly kind: (typeof KINDS)[number];
  readonly default: ParameterValue;
  readonly least: number | null;
  readonly most: number | null;
  readonly choices: readonly ParameterValue[];
  readonly help: string;
  readonly isLog: boolean;
}

/** What was declared in the file of experiments. */
export interface Experiment {
  readonly name: string;
  readonly help: string;
  readonly executor: string;
  readonly mostRunning: number;
  readonly parameters: readonly StartParameter[];
  /** Whether it can go on from a checkpoint. */
  readonly resumes: boolean;
}

/** Something that was started, or waits for that. */
export interface Instance {
  readonly id: string;
  readonly experiment: string;
  readonly name: string;
  readonly run: string;
  readonly parameters: ReadonlyMap<string, ParameterValue>;
  readonly state: InstanceState;
  /** Null: none so far. */
  readonly exitCode: number | null;
  /** Seconds since 1970; NaN: not so far. */
  readonly createdTime: number;
  readonly startedTime: number;
  readonly endedTime: number;
  /** How often it was started. */
  readonly attempt: number;
  /** The last lines that it printed. */
  readonly outputEnd: string;
  readonly message: string;
  /** Whether it can be asked for anything here; else another user or machine started it. */
  readonly isOurs: boolean;
}

export interface Experiments {
  readonly experiments: readonly Experiment[];
  readonly instances: readonly Instance[];
}

export const EXPERIMENTS_PATH = "experiments";

/** `experiments/output?id=00ff&offset=100`: what was printed, from that byte on. */
export const outputPath = (id: string, offset = 0): string =>
  `experiments/output?${new URLSearchParams({ id, ...(offset > 0 ? { offset: String(offset) } : {}) })}`;

export function decodeExperiments(answer: unknown): Experiments {
  const { experiments, instances } = asRecord(answer);
  return {
    experiments: asArray(experiments).map(asRecord).map(experimentOf),
    instances: asArray(instances).map(asRecord).flatMap(instanceOf),
  };
}

const experimentOf = (item: Record<string, unknown>): Experiment => ({
  name: asText(item.name),
  help: asText(item.help),
  executor: asText(item.executor),
  mostRunning: asNumber(item.most_running),
  parameters: asArray(item.parameters).map(asRecord).flatMap(parameterOf),
  resumes: item.resumes === true,
});

function parameterOf(item: Record<string, unknown>): StartParameter[] {
  const kind = asOneOf(KINDS, item.kind);
  if (kind === undefined || !isValue(item.default)) return [];
  return [
    {
      name: asText(item.name),
      kind,
      default: item.default,
      least: asBound(item.least),
      most: asBound(item.most),
      choices: asArray(item.choices).filter(isValue),
      help: asText(item.help),
      isLog: item.scale === "log",
    },
  ];
}

function instanceOf(item: Record<string, unknown>): Instance[] {
  const state = asOneOf(INSTANCE_STATES, item.state);
  if (state === undefined) return [];
  const values = Object.entries(asRecord(item.parameters));
  return [
    {
      id: asText(item.id),
      experiment: asText(item.experiment),
      name: asText(item.name),
      run: asText(item.run),
      parameters: new Map(values.flatMap(([name, value]) => (isValue(value) ? [[name, value]] : []))),
      state,
      exitCode: asBound(item.exit_code),
      createdTime: asNumber(item.created_time),
      startedTime: asNumber(item.started_time),
      endedTime: asNumber(item.ended_time),
      attempt: asNumber(item.attempt),
      outputEnd: asText(item.output_end),
      message: asText(item.message),
      isOurs: item.ours !== false,
    },
  ];
}

/** The ids of what was started, or asked for something. */
export const decodeStarted = (answer: unknown): string[] => asArray(asRecord(answer).instances).map(asText);
