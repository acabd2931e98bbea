import type { Landscape } from "../../api/landscape.ts";
import { formatDigits } from "../../base/format.ts";
import type { Scale } from "./settings.ts";

/** How a loss becomes a height, and what heights are called. */
export interface Heights {
  readonly scale: Scale;
  readonly of: (loss: number) => number;
  /** Of all landscapes, so that heights and colours mean the same in each. */
  readonly range: readonly [number, number];
  readonly tickvals: readonly number[];
  readonly ticktext: readonly string[];
}

export const canBeLog = (landscapes: readonly Landscape[]): boolean =>
  landscapes.every(({ loss }) => loss.every((value) => Number.isNaN(value) || value > 0));

/** Heights for several landscapes; null where no loss is known. */
export function heightsOf(landscapes: readonly Landscape[], wanted: Scale): Heights | null {
  const scale = wanted === "log" && canBeLog(landscapes) ? "log" : "linear";
  const of = scale === "log" ? Math.log10 : (loss: number) => loss;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { loss } of landscapes) {
    for (const value of loss) {
      if (Number.isNaN(value)) continue;
      low = Math.min(low, of(value));
      high = Math.max(high, of(value));
    }
  }
  if (low > high) return null;
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  return { scale, of, range: [low, high], ...ticksOf(scale, low, high) };
}

function ticksOf(scale: Scale, low: number, high: number) {
  const tickvals = scale === "log" ? logTicks(low, high) : evenly(low, high, 5);
  const ticktext = tickvals.map((height) => formatDigits(scale === "log" ? 10 ** height : height, 3));
  return { tickvals, ticktext };
}

/** Ticks for some of the losses alone, as plotly takes them: by loss, not by height. */
export function lossTicksOf(losses: readonly Float64Array[], { scale, of }: Heights) {
  const known = losses.flatMap((one) => Array.from(one, of)).filter(Number.isFinite);
  if (known.length === 0) return {};
  const { tickvals, ticktext } = ticksOf(scale, Math.min(...known), Math.max(...known));
  return { tickvals: tickvals.map((tick) => (scale === "log" ? 10 ** tick : tick)), ticktext };
}

const evenly = (low: number, high: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));

const [FEWEST_TICKS, MOST_TICKS] = [3, 5];

/** Powers of ten, with 2 and 5 of each where these are few, evenly where all are. */
function logTicks(low: number, high: number): readonly number[] {
  const powers = Array.from(
    { length: Math.floor(high) - Math.floor(low) + 1 },
    (_, i) => Math.floor(low) + i,
  );
  const inside = (ticks: readonly number[]) => ticks.filter((tick) => tick >= low && tick <= high);
  const whole = inside(powers);
  if (whole.length >= FEWEST_TICKS) {
    const every = Math.ceil(whole.length / MOST_TICKS);
    return whole.filter((_, i) => i % every === 0);
  }
  const finer = inside(powers.flatMap((power) => [1, 2, 5].map((digit) => power + Math.log10(digit))));
  return finer.length >= FEWEST_TICKS ? finer : evenly(low, high, FEWEST_TICKS);
}

/** Heights over the first two directions, a row for each place of the second. */
export function gridOf(landscape: Landscape, heights: Heights, depth: number): readonly Float64Array[] {
  const { axes, loss } = landscape;
  const [columns = 0, rows = 1, layers = 1] = axes.map(({ length }) => length);
  return Array.from({ length: rows }, (_, row) =>
    Float64Array.from({ length: columns }, (_, column) =>
      heights.of(loss[(column * rows + row) * layers + Math.min(depth, layers - 1)] ?? Number.NaN),
    ),
  );
}

/** Which place of a direction is nearest to the weights. */
export function nearestToZero(axis: Float64Array | undefined): number {
  let best = 0;
  for (const [i, value] of (axis ?? []).entries()) {
    if (Math.abs(value) < Math.abs(axis?.[best] ?? 0)) best = i;
  }
  return best;
}

/** The losses along one direction, all others at the weights. */
export function profileOf({ axes, loss }: Landscape, direction: number): Float64Array {
  const strides = axes.map((_, i) => axes.slice(i + 1).reduce((product, { length }) => product * length, 1));
  const base = axes.reduce(
    (sum, axis, i) => sum + (i === direction ? 0 : nearestToZero(axis) * (strides[i] ?? 1)),
    0,
  );
  return Float64Array.from(
    axes[direction] ?? [],
    (_, i) => loss[base + i * (strides[direction] ?? 1)] ?? Number.NaN,
  );
}

/** Height of the surface over a place, from the four points around it; NaN outside. */
export function heightAt(
  x: Float64Array,
  y: Float64Array,
  rows: readonly Float64Array[],
  [px, py]: readonly [number, number],
): number {
  const [i, j] = [cellOf(x, px), cellOf(y, py)];
  if (i === null || j === null) return Number.NaN;
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.NaN;
  const [u, v] = [shareOf(x, i, px), shareOf(y, j, py)];
  const near = at(j, i) * (1 - u) + at(j, i + 1) * u;
  const far = at(j + 1, i) * (1 - u) + at(j + 1, i + 1) * u;
  return near * (1 - v) + far * v;
}

function cellOf(axis: Float64Array, value: number): number | null {
  if (axis.length < 2 || !(value >= (axis[0] ?? 0) && value <= (axis.at(-1) ?? 0))) return null;
  let low = 0;
  while (low < axis.length - 2 && (axis[low + 1] ?? 0) <= value) low += 1;
  return low;
}

const shareOf = (axis: Float64Array, i: number, value: number): number => {
  const [low, high] = [axis[i] ?? 0, axis[i + 1] ?? 1];
  return (value - low) / (high - low);
};
