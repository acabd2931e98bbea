import { BadAnswer } from "./errors.ts";
import { asArray, asNumber, asRecord, asText } from "./json.ts";
import { decodeSafetensors, type Tensors } from "./safetensors.ts";

/** Which landscape: of a run, under a name, of the weights at a step. */
export interface LandscapeAt {
  readonly run: string;
  readonly tag: string;
  readonly step: number;
}

export interface LandscapeList {
  readonly progress: null;
  readonly landscapes: readonly LandscapeAt[];
}

/** Checkpoints of a training, as seen from the landscape's directions. */
export interface Checkpoints {
  /** A column for each direction. */
  readonly at: readonly Float64Array[];
  readonly step: Float64Array;
  /** At the checkpoint itself, which lies beside the plane. */
  readonly loss: Float64Array;
  readonly distance: Float64Array;
}

/** The loss around a model's weights; what is not known is NaN or empty. */
export interface Landscape extends LandscapeAt {
  /** Where along each direction: one, two or three of them, none where the summary could not be read. */
  readonly axes: readonly Float64Array[];
  /** Of all points, those along the last direction beside each other. */
  readonly loss: Float64Array;
  readonly checkpoints: Checkpoints | null;
  readonly directions: string;
  readonly normalize: string;
  readonly centreLoss: number;
  readonly minimum: number;
  readonly minimumAt: readonly number[];
  readonly sharpness: number;
  readonly epsilon: number;
  readonly epsilonSharpness: number;
  readonly explained: readonly number[];
  readonly warnings: readonly string[];
  readonly problems: readonly string[];
}

export interface Landscapes {
  readonly progress: null;
  readonly surfaces: readonly Landscape[];
}

export function decodeLandscapeList(answer: unknown): LandscapeList {
  const columns = asRecord(asRecord(asArray(asRecord(answer).landscape)[0]).columns);
  const [tags, steps] = [asArray(columns.tag), asArray(columns.step)];
  const landscapes = asArray(columns.run).map((run, i) => ({
    run: asText(run),
    tag: asText(tags[i]),
    step: asNumber(steps[i]),
  }));
  return { progress: null, landscapes };
}

/** `landscape/surface?format=safetensors&run=a&tag=landscape&step=100` */
export function landscapesPath(wanted: readonly LandscapeAt[]): string {
  const parameters = new URLSearchParams({ format: "safetensors" });
  for (const { run, tag, step } of wanted) {
    parameters.append("run", run);
    parameters.append("tag", tag);
    parameters.append("step", String(step));
  }
  return `landscape/surface?${parameters}`;
}

export function decodeLandscapes(body: ArrayBuffer): Landscapes {
  const tensors = decodeSafetensors(body);
  const items = asArray(JSON.parse(tensors.metadata.surface ?? "null"));
  const surfaces = items.map((item, i) =>
    decodeOne(asRecord(item), tensors, items.length === 1 ? "" : `${i}/`),
  );
  return { progress: null, surfaces };
}

const numbers = (value: unknown): readonly number[] => asArray(value).map(asNumber);

function decodeOne(item: Record<string, unknown>, tensors: Tensors, prefix: string): Landscape {
  const axes = ["alpha", "beta", "gamma"].flatMap((name) => tensors.columns.get(prefix + name) ?? []);
  const loss = tensors.columns.get(`${prefix}loss`) ?? new Float64Array();
  const points = axes.length === 0 ? 0 : axes.reduce((product, { length }) => product * length, 1);
  if (loss.length !== points) throw new BadAnswer(`loss has ${loss.length} points, expected ${points}`);
  return {
    run: asText(item.run),
    tag: asText(item.tag),
    step: asNumber(item.step),
    axes,
    loss,
    checkpoints: decodeCheckpoints(tensors, prefix, axes.length),
    directions: asText(item.directions),
    normalize: asText(item.normalize),
    centreLoss: asNumber(item.centre_loss),
    minimum: asNumber(item.minimum),
    minimumAt: numbers(item.minimum_at),
    sharpness: asNumber(item.sharpness),
    epsilon: asNumber(item.epsilon),
    epsilonSharpness: asNumber(item.epsilon_sharpness),
    explained: numbers(item.explained_variance),
    warnings: asArray(item.warnings).map(asText),
    problems: asArray(item.problems).map(asText),
  };
}

function decodeCheckpoints({ columns }: Tensors, prefix: string, directions: number): Checkpoints | null {
  const at = columns.get(`${prefix}trajectory`);
  if (at === undefined) return null;
  const column = (name: string): Float64Array => {
    const values = columns.get(`${prefix}trajectory_${name}`);
    if (values === undefined) throw new BadAnswer(`column trajectory_${name} is missing`);
    return values;
  };
  const along = (direction: number) =>
    Float64Array.from(
      { length: at.length / directions },
      (_, i) => at[i * directions + direction] ?? Number.NaN,
    );
  return {
    at: Array.from({ length: directions }, (_, direction) => along(direction)),
    step: column("step"),
    loss: column("loss"),
    distance: column("distance"),
  };
}
