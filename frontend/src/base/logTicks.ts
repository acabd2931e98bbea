import { formatDigits } from "./format.ts";

export interface LogTick {
  readonly value: number;
  readonly label: string;
}

const MOST_DECADES = 640;

/** 1, 2, 5, 10, 20 … in decades, the least that is at least `least`. */
function strideOf(least: number): number {
  for (let power = 1; power <= MOST_DECADES; power *= 10) {
    for (const digit of [1, 2, 5]) if (digit * power >= least) return digit * power;
  }
  return MOST_DECADES;
}

/** Powers of ten, each with the same digits before them. */
function powers(low: number, high: number, digits: readonly number[], stride: number): number[] {
  const values: number[] = [];
  const first = Math.floor(Math.log10(low) / stride) * stride;
  for (let power = first; power <= Math.log10(high); power += stride) {
    for (const digit of digits) {
      const value = Number(`${digit}e${power}`);
      if (value > 0 && value >= low && value <= high) values.push(value);
    }
  }
  return values;
}

/** Evenly spaced round values, whose marks are closest at the upper end of a log scale. */
function even(low: number, high: number, leastGap: number): number[] {
  const least = high * (1 - 10 ** -leastGap);
  const power = Math.floor(Math.log10(least));
  const digit = [1, 2, 5, 10].find((candidate) => Number(`${candidate}e${power}`) >= least) ?? 10;
  const step = Number(`${digit}e${power}`);
  const values: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) values.push(Number((i * step).toPrecision(12)));
  return values.filter((value) => value > 0);
}

/**
 * Round values for a log scale from `low` to `high`, no two closer than `leastGap` decades:
 * powers of ten over many decades, 1-2-5 over a few, and evenly spaced ones within one.
 */
export function logTicks(low: number, high: number, leastGap: number): LogTick[] {
  if (!(low > 0) || !(high > low) || !Number.isFinite(high) || !(leastGap > 0)) return [];
  const values =
    leastGap > Math.log10(2) ? powers(low, high, [1], strideOf(leastGap)) : fine(low, high, leastGap);
  const format = high / low > 1e3 ? formatFar : formatNear;
  return values.map((value) => ({ value, label: format(value) }));
}

/** In full: a round value has few digits, and neighbours differ in the last. */
const formatNear = (value: number): string => formatDigits(value, 12);

/** Where labels differ in size, long ones are shorter as powers of ten: 1e-5, 0.001, 1, 1000, 1e6. */
const formatFar = (value: number): string =>
  value >= 1e5 || value < 1e-3 ? value.toExponential().replace("e+", "e") : formatNear(value);

function fine(low: number, high: number, leastGap: number): number[] {
  const values = powers(low, high, [1, 2, 5], 1);
  return values.length >= 4 ? values : even(low, high, leastGap);
}
