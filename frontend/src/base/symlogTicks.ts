import { formatDigits } from "./format.ts";
import type { LogTick } from "./logTicks.ts";
import { fromPlotted, SYMLOG_LINEAR, toPlotted } from "./priceScale.ts";

const MOST_EVEN = 400;
const FEWEST = 4;

/**
 * Round values for a symlog scale between two plotted heights, no two closer than `leastGap` on it:
 * zero, then powers of ten, then their twos and fives; evenly spaced ones where these are too few.
 */
export function symlogTicks(low: number, high: number, leastGap: number): LogTick[] {
  if (!(high > low) || !(leastGap > 0) || !Number.isFinite(high - low)) return [];
  const [bottom, top] = [fromPlotted(low, "symlog"), fromPlotted(high, "symlog")];
  const isInView = (value: number) => value >= bottom && value <= top;
  const spread = apart([0, ...roundOnes(Math.max(-bottom, top))].filter(isInView), leastGap);
  const values = spread.length >= FEWEST ? spread : even(bottom, top, leastGap);
  return values.map((value) => ({ value, label: format(value) }));
}

/** From the roundest on: ±1, ±10 …, outwards from where the scale is linear; then ±5 and ±2 of each. */
function roundOnes(largest: number): number[] {
  const first = Math.round(Math.log10(SYMLOG_LINEAR));
  const last = Math.floor(Math.log10(Math.max(largest, SYMLOG_LINEAR)));
  const values: number[] = [];
  for (const digit of [1, 5, 2]) {
    for (let power = last; power >= first; power--) {
      values.push(Number(`${digit}e${power}`), -Number(`${digit}e${power}`));
    }
  }
  return values;
}

/** Those that keep their distance from all before them. */
function apart(values: readonly number[], leastGap: number): number[] {
  const kept: { readonly value: number; readonly at: number }[] = [];
  for (const value of values) {
    const at = toPlotted(value, "symlog");
    if (kept.every((other) => Math.abs(other.at - at) >= leastGap)) kept.push({ value, at });
  }
  return kept.map(({ value }) => value).sort((a, b) => a - b);
}

function even(bottom: number, top: number, leastGap: number): number[] {
  // Marks of even values are closest where the scale is steepest: furthest from zero.
  const edge = Math.abs(top) > Math.abs(bottom) ? top : bottom;
  const inwards = toPlotted(edge, "symlog") - Math.sign(edge) * leastGap;
  const least = Math.max(Math.abs(edge - fromPlotted(inwards, "symlog")), (top - bottom) / MOST_EVEN);
  const power = Math.floor(Math.log10(least));
  const digit = [1, 2, 5, 10].find((candidate) => Number(`${candidate}e${power}`) >= least) ?? 10;
  const step = Number(`${digit}e${power}`);
  const values: number[] = [];
  for (let i = Math.ceil(bottom / step); i * step <= top; i++)
    values.push(Number((i * step).toPrecision(12)));
  return values;
}

/** In full where that is short: -10, 0, 0.05, 1e5. */
function format(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && (size >= 1e5 || size < 1e-3)) return value.toExponential().replace("e+", "e");
  return formatDigits(value, 12);
}
