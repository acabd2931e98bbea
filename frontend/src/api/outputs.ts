import { asArray, asCount, asNumber, asRecord, asText, isRecord } from "./json.ts";

export interface OutputsQuery {
  readonly run: string;
  readonly tag: string;
  /** The last one at or before it; null: the last there is. */
  readonly step: number | null;
  /** Of examples that are answered. */
  readonly limit: number;
}

/** How often a class was predicted where another one, or the same, was right. */
export interface Pair {
  readonly label: number;
  readonly predicted: number;
  readonly count: number;
}

/** Where the images of the examples are, in the same order. */
export interface Images {
  readonly tag: string;
  readonly step: number;
  readonly count: number;
}

/** Predictions beside labels: the first examples of them, and counts over all. */
export interface Predictions {
  /** How many examples there were. */
  readonly total: number;
  /** How many of them were kept, of which the first are here. */
  readonly kept: number;
  /** Names of classes from 0; there may be fewer than classes. */
  readonly classes: readonly string[];
  /** Numbers of classes, or one row of floats after the other. */
  readonly predicted: Float64Array;
  readonly label: Float64Array;
  /** Numbers in a row: one, but for floats. */
  readonly width: number;
  /** What the model gave each class, row after row; null where it was not logged. */
  readonly scores: Float64Array | null;
  /** How many of all were right; NaN where they are floats. */
  readonly right: number;
  /** Over all examples, for each pair that occurs; null where they are floats. */
  readonly confusion: readonly Pair[] | null;
  /** Mean absolute difference over what was kept, of floats. */
  readonly offBy: number;
}

/** What was logged under one tag at one step. */
export interface Outputs {
  readonly run: string;
  readonly tag: string;
  readonly step: number;
  /** When it was logged: a restart may log a step again. */
  readonly wallTime: number;
  /** All at which something was logged under this tag, in order. */
  readonly steps: readonly number[];
  /** Why there is nothing else; mostly empty. */
  readonly problems: readonly string[];
  /** Null of images alone. */
  readonly predictions: Predictions | null;
  readonly images: Images | null;
}

export interface OutputsAnswer {
  readonly progress: null;
  /** Null where the run is not known. */
  readonly outputs: Outputs | null;
}

/** `outputs?run=a&tag=val%2Foutputs&limit=256&step=100` */
export function outputsPath({ run, tag, step, limit }: OutputsQuery): string {
  const parameters = new URLSearchParams({ run, tag, limit: String(limit) });
  if (step !== null) parameters.set("step", String(step));
  return `outputs?${parameters}`;
}

/**
 * `outputs/image?run=a&tag=val%2Fimages&step=100&index=3`
 *
 * The server does not look at `time`: what was logged anew has another address, so that no page goes on
 * showing the image that it replaced.
 */
export function imagePath(run: string, { tag, step }: Images, index: number, wallTime = Number.NaN): string {
  const parameters = new URLSearchParams({ run, tag, step: String(step), index: String(index) });
  if (Number.isFinite(wallTime)) parameters.set("time", String(wallTime));
  return `outputs/image?${parameters}`;
}

export function decodeOutputs(answer: unknown): OutputsAnswer {
  const [item] = asArray(asRecord(answer).outputs).map(asRecord);
  if (item === undefined) return { progress: null, outputs: null };
  const tag = asText(item.tag);
  const listed = asArray(item.tags).map(asRecord);
  const images = asRecord(item.images);
  return {
    progress: null,
    outputs: {
      run: asText(item.run),
      tag,
      step: asNumber(item.step),
      wallTime: asNumber(item.wall_time),
      steps: asArray(listed.find((one) => one.tag === tag)?.steps).map(asNumber),
      problems: asArray(item.problems).map(asText),
      predictions: item.kind === "outputs" ? decodePredictions(item) : null,
      images: isRecord(item.images)
        ? { tag: asText(images.tag), step: asNumber(images.step), count: asCount(images.count) }
        : null,
    },
  };
}

function decodePredictions(item: Record<string, unknown>): Predictions {
  const columns = asRecord(item.columns);
  const rows = asArray(columns.label);
  return {
    total: asCount(item.total),
    kept: asCount(item.kept),
    classes: asArray(item.classes).map(asText),
    predicted: flat(columns.predicted),
    label: flat(columns.label),
    width: Array.isArray(rows[0]) ? rows[0].length : 1,
    scores: columns.scores === undefined ? null : flat(columns.scores),
    right: asNumber(item.right),
    confusion: isRecord(item.confusion) ? decodePairs(item.confusion) : null,
    offBy: asNumber(item.off_by),
  };
}

/** A column whose rows may be lists. */
const flat = (column: unknown): Float64Array => Float64Array.from(asArray(column).flat(), asNumber);

function decodePairs(confusion: Record<string, unknown>): readonly Pair[] {
  const [predicted, count] = [asArray(confusion.predicted), asArray(confusion.count)];
  return asArray(confusion.label).map((label, i) => ({
    label: asNumber(label),
    predicted: asNumber(predicted[i]),
    count: asCount(count[i]),
  }));
}
