import { asArray, asRecord, asText } from "./json.ts";

export type ArgumentValue = string | number | boolean | null;

/** What a run was started with. */
export interface RunArguments {
  readonly run: string;
  /** By name; names of nested ones are joined by dots. */
  readonly values: ReadonlyMap<string, ArgumentValue>;
  /** What they were read from: `hparams`, or tags of texts. */
  readonly sources: readonly string[];
  /** The run that logged them: itself, or one in a directory above; null where there are none. */
  readonly of: string | null;
}

/** `arguments?run=a&run=b` */
export const argumentsPath = (runs: readonly string[]): string =>
  `arguments?${new URLSearchParams(runs.map((run) => ["run", run]))}`;

export const decodeArguments = (answer: unknown): RunArguments[] =>
  asArray(asRecord(answer).runs).map((item) => {
    const { run, arguments: values, sources, of } = asRecord(item);
    return {
      run: asText(run),
      values: new Map(Object.entries(asRecord(values)).map(([name, value]) => [name, decodeValue(value)])),
      sources: asArray(sources).map(asText),
      of: typeof of === "string" ? of : null,
    };
  });

const decodeValue = (value: unknown): ArgumentValue =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
