import { asArray, asCount, asNumber, asRecord, asText } from "./json.ts";
import type { Progress } from "./progress.ts";

export const COSTS = [
  "layers",
  "depth",
  "parameters",
  "trainable",
  "parameter_bytes",
  "flops",
  "activation_bytes",
  "latency",
  "latency_low",
  "latency_high",
  "gradient_noise_scale",
] as const;
export type Cost = (typeof COSTS)[number];

/** What one model costs, as it was logged last; a missing number is NaN. */
export interface Model {
  readonly run: string;
  readonly tag: string;
  readonly model: string;
  readonly framework: string;
  readonly device: string;
  readonly step: number;
  /** How many the inputs held that FLOPs, activations and latency are of. */
  readonly examples: number;
  readonly costs: Readonly<Record<Cost, number>>;
  /** How something was measured, or why not. */
  readonly notes: Readonly<Record<string, string>>;
}

export interface ModelsAnswer {
  readonly progress: Progress | null;
  readonly models: readonly Model[];
  /** Why others could not be read. */
  readonly problems: readonly string[];
}

export interface ComplexityQuery {
  readonly runs: readonly string[];
}

/** `complexity?run=a&run=b` */
export const complexityPath = ({ runs }: ComplexityQuery): string =>
  `complexity?${new URLSearchParams(runs.map((run) => ["run", run]))}`;

export function decodeComplexity(answer: unknown): ModelsAnswer {
  const [item] = asArray(asRecord(answer).complexity);
  const table = asRecord(item);
  const columns = asRecord(table.columns);
  const at = (name: string, row: number): unknown => asArray(columns[name])[row];
  const notes = asArray(table.notes);
  return {
    progress: null,
    models: asArray(columns.run).map((run, row) => ({
      run: asText(run),
      tag: asText(at("tag", row)),
      model: asText(at("model", row)),
      framework: asText(at("framework", row)),
      device: asText(at("device", row)),
      step: asNumber(at("step", row)),
      examples: Math.max(1, asCount(at("examples", row))),
      costs: Object.fromEntries(COSTS.map((cost) => [cost, asNumber(at(cost, row))])) as Record<Cost, number>,
      notes: Object.fromEntries(
        Object.entries(asRecord(notes[row])).map(([name, note]) => [name, asText(note)]),
      ),
    })),
    problems: asArray(table.problems).map((problem) => asText(asRecord(problem).what)),
  };
}
