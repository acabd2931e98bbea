import type { Polarity } from "../base/polarity.ts";
import { asArray, asCount, asNumber, asRecord, asText, isRecord } from "./json.ts";
import { decodeProgressOf, type Progress } from "./progress.ts";

const TARGETS = ["best", "last", "mean"] as const;
export type Target = (typeof TARGETS)[number];

export interface HyperparameterQuery {
  readonly tag: string;
  /** Empty: all that have the tag. */
  readonly runs: readonly string[];
  readonly target: Target;
  readonly polarity: Polarity | null;
  /** Axes of the surface; null: the one that matters most of the others. */
  readonly x: string | null;
  readonly y: string | null;
}

/** What a run was given; null: nothing. */
export type ArgumentValue = string | number | boolean | null;

export interface HyperParameter {
  readonly name: string;
  readonly kind: "number" | "integer" | "choice";
  readonly isLog: boolean;
  /** Ends of numbers. */
  readonly low: number;
  readonly high: number;
  readonly choices: readonly ArgumentValue[];
  /** Share in the variance, and how unsure that is; NaN where nothing was fitted. */
  readonly importance: number;
  readonly spread: number;
}

export interface SurfaceFit {
  readonly runs: number;
  /** Of the runs' variance, how much it foretells of each from the others. */
  readonly explained: number;
  readonly isLog: boolean;
  readonly axes: readonly string[];
  readonly x: string;
  readonly y: string | null;
  readonly xValues: readonly ArgumentValue[];
  readonly yValues: readonly ArgumentValue[];
  /** A row for each value of y. */
  readonly mean: readonly (readonly number[])[];
  readonly low: readonly (readonly number[])[];
  readonly high: readonly (readonly number[])[];
}

export interface NextRun {
  readonly values: Readonly<Record<string, ArgumentValue>>;
  /** All that a run like it is given. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export const VERDICTS = ["fitted", "too few runs", "no parameters", "nothing varies"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Runs as parallel columns, and what they say of their parameters; a missing number is NaN. */
export interface Study {
  readonly tag: string;
  readonly target: Target;
  readonly polarity: Polarity;
  readonly unit: string | null;
  readonly verdict: Verdict;
  readonly best: string | null;
  readonly fitted: number;
  readonly diverged: number;
  readonly parameters: readonly HyperParameter[];
  /** Share of what no parameter does alone. */
  readonly together: number;
  readonly leftOut: Readonly<Record<string, string>>;
  readonly fit: SurfaceFit | null;
  readonly next: readonly NextRun[];
  readonly run: readonly string[];
  readonly state: readonly string[];
  readonly value: readonly number[];
  readonly given: ReadonlyMap<string, readonly ArgumentValue[]>;
}

export interface StudyAnswer {
  readonly progress: Progress | null;
  /** Null until there is one. */
  readonly study: Study | null;
}

/** `hyperparameters?tag=loss&target=best&x=lr` */
export function hyperparametersPath({ tag, runs, target, polarity, x, y }: HyperparameterQuery): string {
  const parameters = new URLSearchParams({ tag, target });
  for (const run of runs) parameters.append("run", run);
  for (const [name, value] of Object.entries({ polarity, x, y })) {
    if (value !== null) parameters.set(name, value);
  }
  return `hyperparameters?${parameters}`;
}

export function decodeHyperparameters(answer: unknown): StudyAnswer {
  const [item] = asArray(asRecord(answer).hyperparameters);
  return { progress: decodeProgressOf(answer), study: isRecord(item) ? decodeStudy(item) : null };
}

function decodeStudy(item: Record<string, unknown>): Study {
  const columns = asRecord(item.columns);
  const parameters = asArray(item.parameters).map((one) => decodeParameter(asRecord(one)));
  return {
    tag: asText(item.tag),
    target: TARGETS.find((one) => one === item.target) ?? "best",
    polarity: item.polarity === "higher_is_better" ? "higher_is_better" : "lower_is_better",
    unit: typeof item.unit === "string" ? item.unit : null,
    verdict: VERDICTS.find((one) => one === item.verdict) ?? "no parameters",
    best: typeof item.best === "string" ? item.best : null,
    fitted: asCount(item.fitted),
    diverged: asCount(item.diverged),
    parameters,
    together: asNumber(item.together),
    leftOut: Object.fromEntries(
      Object.entries(asRecord(item.left_out)).map(([name, why]) => [name, asText(why)]),
    ),
    fit: isRecord(item.fit) ? decodeFit(item.fit) : null,
    next: asArray(item.next).map((one) => decodeNext(asRecord(one))),
    run: asArray(columns.run).map(asText),
    state: asArray(columns.state).map(asText),
    value: asArray(columns.value).map(asNumber),
    given: new Map(
      parameters.map(({ name }) => [name, asArray(columns[`arguments.${name}`]).map(asArgument)]),
    ),
  };
}

const KINDS = ["number", "integer", "choice"] as const;

const decodeParameter = (item: Record<string, unknown>): HyperParameter => ({
  name: asText(item.name),
  kind: KINDS.find((one) => one === item.kind) ?? "choice",
  isLog: item.log === true,
  low: asNumber(item.low),
  high: asNumber(item.high),
  choices: asArray(item.choices).map(asArgument),
  importance: asNumber(item.importance),
  spread: asNumber(item.spread),
});

const grid = (value: unknown): readonly (readonly number[])[] =>
  asArray(value).map((row) => asArray(row).map(asNumber));

const decodeFit = (item: Record<string, unknown>): SurfaceFit => ({
  runs: asCount(item.runs),
  explained: asNumber(item.explained),
  isLog: item.log === true,
  axes: asArray(item.axes).map(asText),
  x: asText(item.x),
  y: typeof item.y === "string" ? item.y : null,
  xValues: asArray(item.x_values).map(asArgument),
  yValues: asArray(item.y_values).map(asArgument),
  mean: grid(item.mean),
  low: grid(item.low),
  high: grid(item.high),
});

const decodeNext = (item: Record<string, unknown>): NextRun => ({
  values: Object.fromEntries(
    Object.entries(asRecord(item.arguments)).map(([name, value]) => [name, asArgument(value)]),
  ),
  config: asRecord(item.config),
  mean: asNumber(item.mean),
  low: asNumber(item.low),
  high: asNumber(item.high),
});

const asArgument = (value: unknown): ArgumentValue =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
