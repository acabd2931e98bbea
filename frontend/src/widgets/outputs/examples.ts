import type { Outputs, Pair, Predictions } from "../../api/outputs.ts";
import type { Table } from "../../base/table.ts";
import { classNumber, OUTPUTS } from "../../base/words/outputs.ts";

/** A cell of the confusion matrix. */
export type Cell = Pick<Pair, "label" | "predicted">;

export const nameOf = (classes: readonly string[], number: number): string =>
  classes[number] ?? classNumber(String(number));

export const rowCount = ({ label, width }: Pick<Predictions, "label" | "width">): number =>
  width === 0 ? 0 : label.length / width;

/** Which examples are asked for. */
interface Wanted {
  readonly onlyWrong: boolean;
  readonly cell: Cell | null;
}

/** Numbers of the examples that are here, of those that are asked for; of images alone all of them. */
export function rowsOf({ predictions, images }: Outputs, { onlyWrong, cell }: Wanted): readonly number[] {
  if (predictions === null) return Array.from({ length: images?.count ?? 0 }, (_, row) => row);
  const { predicted, label, confusion } = predictions;
  if (confusion === null) return [];
  return Array.from(label.keys()).filter((row) => {
    if (onlyWrong && predicted[row] === label[row]) return false;
    return cell === null || (label[row] === cell.label && predicted[row] === cell.predicted);
  });
}

/** What a model gave one class. */
export interface Score {
  readonly name: string;
  readonly score: number;
  /** Of all classes together, from 0 to 1. */
  readonly share: number;
  readonly isLabel: boolean;
}

const TOP_SCORES = 3;

/** The classes that were given most, the most first. */
export function topScores({ scores, classes, label }: Predictions, row: number): readonly Score[] {
  if (scores === null || label.length === 0) return [];
  const count = scores.length / label.length;
  const ofRow = scores.subarray(row * count, (row + 1) * count);
  const share = shareOf(ofRow);
  return Array.from(ofRow, (score, number) => ({
    name: nameOf(classes, number),
    score,
    share: share(score),
    isLabel: number === label[row],
  }))
    .sort((a, b) => b.score - a.score)
    .slice(0, TOP_SCORES);
}

/** Probabilities are shares themselves; of other scores the softmax gives them. */
function shareOf(scores: Float64Array): (score: number) => number {
  const sum = scores.reduce((all, one) => all + one, 0);
  if (scores.every((one) => one >= 0 && one <= 1) && Math.abs(sum - 1) < 0.01) return (score) => score;
  const most = scores.reduce((best, one) => Math.max(best, one), Number.NEGATIVE_INFINITY);
  const all = scores.reduce((total, one) => total + Math.exp(one - most), 0);
  return (score) => Math.exp(score - most) / all || 0;
}

/** All classes against all, row by row: of true class `i` and predicted class `j` at `i * names.length + j`. */
export interface Matrix {
  readonly names: readonly string[];
  readonly counts: Float64Array;
  /** How strong a cell is shown, from 0 to 1: what is right against its row, mistakes against the worst of them. */
  readonly strengths: Float64Array;
}

export const MOST_CLASSES = 40;

/** Null where there are too many classes for a matrix. */
export function matrixOf({ classes, confusion }: Predictions): Matrix | null {
  if (confusion === null) return null;
  let [most, least] = [classes.length - 1, 0];
  for (const { label, predicted } of confusion) {
    [most, least] = [Math.max(most, label, predicted), Math.min(least, label, predicted)];
  }
  const size = most + 1;
  if (size > MOST_CLASSES || least < 0) return null;
  const counts = new Float64Array(size * size);
  for (const { label, predicted, count } of confusion) counts[label * size + predicted] = count;
  const names = Array.from({ length: size }, (_, number) => nameOf(classes, number));
  return { names, counts, strengths: strengthsOf(counts, size) };
}

function strengthsOf(counts: Float64Array, size: number): Float64Array {
  const shares = counts.map((count, place) => {
    const first = place - (place % size);
    const total = counts.subarray(first, first + size).reduce((sum, one) => sum + one, 0);
    return count / total || 0;
  });
  const isHit = (place: number) => place % size === Math.floor(place / size);
  const worst = shares.reduce((most, share, place) => (isHit(place) ? most : Math.max(most, share)), 0);
  return shares.map((share, place) => (isHit(place) ? share : share / worst || 0));
}

const MOST_MISTAKES = 50;

/** What was taken for what, the most frequent first. */
export const mistakesOf = (confusion: readonly Pair[]): readonly Pair[] =>
  confusion
    .filter(({ label, predicted }) => label !== predicted)
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_MISTAKES);

/** How far off one row of floats is: the mean of its absolute differences. */
export function offBy({ predicted, label, width }: Predictions, row: number): number {
  let sum = 0;
  for (let i = row * width; i < (row + 1) * width; i++) {
    sum += Math.abs((predicted[i] ?? Number.NaN) - (label[i] ?? Number.NaN));
  }
  return sum / width;
}

/** A row for each example that is here. */
export function tableOf(predictions: Predictions): Table {
  const { predicted, label, width, classes, confusion } = predictions;
  const rows = Array.from({ length: rowCount(predictions) }, (_, row) => row);
  const index = { name: OUTPUTS.row, values: Float64Array.from(rows) };
  if (confusion === null) {
    const columns = Array.from({ length: width }, (_, i) => i).flatMap((i) => {
      const suffix = width === 1 ? "" : `_${i}`;
      const of = (all: Float64Array) => Float64Array.from(rows, (row) => all[row * width + i] ?? Number.NaN);
      return [
        { name: `${OUTPUTS.predicted}${suffix}`, values: of(predicted) },
        { name: `${OUTPUTS.label}${suffix}`, values: of(label) },
      ];
    });
    return { columns: [index, ...columns] };
  }
  const named = (all: Float64Array) => rows.map((row) => nameOf(classes, all[row] ?? Number.NaN));
  const best = Float64Array.from(rows, (row) => topScores(predictions, row)[0]?.score ?? Number.NaN);
  return {
    columns: [
      index,
      { name: OUTPUTS.predicted, values: named(predicted) },
      { name: OUTPUTS.label, values: named(label) },
      { name: OUTPUTS.score, values: best },
    ],
  };
}
