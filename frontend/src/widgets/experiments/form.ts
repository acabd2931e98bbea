import type { Experiment, Instance, StartParameter } from "../../api/experiments.ts";
import type { ParameterValue } from "../../base/training.ts";
import { EXPERIMENTS } from "../../base/words/experiments.ts";
import { readTyped } from "../typed.ts";

export const MOST_AT_ONCE = 100;

/** What stands in the fields of a form, by the parameter's name: the values of those with choices, else what was typed. */
export type Typed = ReadonlyMap<string, string | readonly string[]>;

export type Parameters = Readonly<Record<string, ParameterValue>>;

/** Of one field: its values, and what is wrong with them; null: nothing. */
export interface FieldValues {
  readonly name: string;
  readonly values: readonly ParameterValue[];
  readonly problem: string | null;
}

/** What a form asks for. */
export interface Plan {
  readonly fields: readonly FieldValues[];
  /** One for each run; empty where something is wrong. */
  readonly runs: readonly Parameters[];
  /** What is wrong with all of them together. */
  readonly problem: string | null;
}

const CHOSEN = ["bool", "choice"];

/** Whether its values are picked from a list. */
export const isChosen = ({ kind }: StartParameter): boolean => CHOSEN.includes(kind);

export const optionsOf = ({ kind, choices }: StartParameter): readonly ParameterValue[] =>
  kind === "bool" ? [true, false] : choices;

export const usual = (parameter: StartParameter): string | readonly string[] =>
  isChosen(parameter) ? [String(parameter.default)] : String(parameter.default);

/** The fields as they were when this one was started. */
export const typedOf = ({ parameters }: Experiment, instance: Instance): Typed =>
  new Map(
    parameters.map((parameter) => {
      const value = instance.parameters.get(parameter.name);
      if (value === undefined) return [parameter.name, usual(parameter)];
      return [parameter.name, isChosen(parameter) ? [String(value)] : String(value)];
    }),
  );

/** The runs that a form asks for: each value of a parameter with each of the others. */
export function planOf({ parameters }: Experiment, typed: Typed): Plan {
  const fields = parameters.map((parameter) =>
    valuesOf(parameter, typed.get(parameter.name) ?? usual(parameter)),
  );
  const count = fields.reduce((product, { values }) => product * values.length, 1);
  const problem = count > MOST_AT_ONCE ? EXPERIMENTS.tooMany : null;
  const isWrong = problem !== null || fields.some((field) => field.problem !== null);
  return { fields, problem, runs: isWrong ? [] : product(fields) };
}

function valuesOf(parameter: StartParameter, typed: string | readonly string[]): FieldValues {
  const { name, kind } = parameter;
  const parts = typeof typed === "string" && kind !== "text" ? split(typed) : [typed].flat();
  const read = parts.map((part) => readTyped(parameter, part));
  const values = new Set(read.flatMap((one) => ("value" in one ? [one.value] : [])));
  const wrong = read.find((one) => "problem" in one);
  const problem = parts.length === 0 ? EXPERIMENTS.noValue : (wrong?.problem ?? null);
  return { name, values: [...values], problem };
}

const split = (typed: string): readonly string[] =>
  typed
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** The last parameter varies first. */
const product = (fields: readonly FieldValues[]): Parameters[] =>
  fields.reduce<Parameters[]>(
    (runs, { name, values }) => runs.flatMap((run) => values.map((value) => ({ ...run, [name]: value }))),
    [{}],
  );
