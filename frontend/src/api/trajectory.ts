import { BadAnswer } from "./errors.ts";
import { asArray, asCount, asNumber, asRecord, asText } from "./json.ts";
import { decodeProgressOf, type Progress } from "./progress.ts";
import { decodeSafetensors, type Tensors } from "./safetensors.ts";

export type TrajectoryAxes = "metrics" | "components";

export interface TrajectoryQuery {
  readonly runs: readonly string[];
  readonly axes: TrajectoryAxes;
  /** Of metrics two or three; of components empty for all that the runs have in common. */
  readonly tags: readonly string[];
  /** In points, an odd number; null: a share of each path. */
  readonly window: number | null;
  /** Of each path. */
  readonly limit: number;
}

/** One run's path: parallel columns, of which those with axes are one for each; a missing number is NaN. */
export interface Trajectory {
  readonly run: string;
  readonly tags: readonly string[];
  /** Of the whole path. */
  readonly steps: number;
  readonly window: number;
  readonly isComplete: boolean;
  /** From the smallest to the largest value of any run, for each axis. */
  readonly extent: readonly number[];
  /** Share of the variance of each component; null where metrics are the axes. */
  readonly explained: readonly number[] | null;
  /** Of each tag, for each axis. */
  readonly weights: readonly (readonly number[])[];
  readonly constant: readonly string[];
  readonly step: Float64Array;
  readonly epoch: Float64Array | null;
  readonly position: readonly Float64Array[];
  /** Without the noise. */
  readonly smooth: readonly Float64Array[];
  readonly velocity: readonly Float64Array[];
  readonly momentum: readonly Float64Array[];
  readonly curvature: Float64Array;
}

export interface TrajectoryAnswer {
  readonly progress: Progress | null;
  readonly paths: readonly Trajectory[];
}

/** `trajectory?format=safetensors&axes=metrics&run=a&tag=loss&tag=accuracy&limit=2000` */
export function trajectoryPath({ runs, axes, tags, window, limit }: TrajectoryQuery): string {
  const parameters = new URLSearchParams({ format: "safetensors", axes });
  for (const run of runs) parameters.append("run", run);
  for (const tag of tags) parameters.append("tag", tag);
  if (window !== null) parameters.set("window", String(window));
  parameters.set("limit", String(limit));
  return `trajectory?${parameters}`;
}

export function decodeTrajectory(body: ArrayBuffer): TrajectoryAnswer {
  const tensors = decodeSafetensors(body);
  const items = asArray(JSON.parse(tensors.metadata.trajectory ?? "null"));
  return {
    progress: decodeProgressOf({ progress: JSON.parse(tensors.metadata.progress ?? "null") }),
    paths: items.map((item, i) => decodePath(asRecord(item), tensors, items.length === 1 ? "" : `${i}/`)),
  };
}

const numbers = (value: unknown): readonly number[] => asArray(value).map(asNumber);

function decodePath(item: Record<string, unknown>, { columns }: Tensors, prefix: string): Trajectory {
  const column = (name: string): Float64Array => {
    const values = columns.get(prefix + name);
    if (values === undefined) throw new BadAnswer(`column ${name} is missing`);
    return values;
  };
  const axes = ["x", "y", "z"].filter((axis) => columns.has(prefix + axis));
  return {
    run: asText(item.run),
    tags: asArray(item.tags).map(asText),
    steps: asCount(item.steps),
    window: asCount(item.window),
    isComplete: item.is_complete === true,
    extent: numbers(item.extent),
    explained: Array.isArray(item.explained) ? numbers(item.explained) : null,
    weights: asArray(item.weights).map(numbers),
    constant: asArray(item.constant).map(asText),
    step: column("step"),
    epoch: columns.get(`${prefix}epoch`) ?? null,
    position: axes.map(column),
    smooth: axes.map((axis) => column(`smooth.${axis}`)),
    velocity: axes.map((axis) => column(`velocity.${axis}`)),
    momentum: axes.map((axis) => column(`momentum.${axis}`)),
    curvature: column("curvature"),
  };
}
