import type { Axis } from "./axis.ts";
import { formatDuration, formatInteger } from "./format.ts";

// Each divides the next, so that showing a coarser level never leaves uneven gaps between labels.
const DURATIONS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1800, 3600, 21600, 86400];
const TOP = 60;

function isMultiple(value: number, unit: number): boolean {
  const quotient = value / unit;
  const whole = Math.round(quotient);
  return whole !== 0 && Math.abs(quotient - whole) < 1e-6;
}

/** Ten, fifty, a hundred …: how round a number is; larger is rounder. */
function decimalWeight(value: number): number {
  if (value === 0) return TOP;
  let weight = 0;
  for (let unit = 1; weight < TOP; unit *= 10) {
    if (!isMultiple(value, unit * 5)) break;
    weight += 1;
    if (!isMultiple(value, unit * 10)) break;
    weight += 1;
  }
  return weight;
}

function durationWeight(value: number): number {
  if (value === 0) return TOP;
  const days = value / 86400;
  if (isMultiple(days, 1)) return DURATIONS.length + decimalWeight(Math.round(days));
  const level = DURATIONS.findLastIndex((unit) => isMultiple(value, unit));
  return Math.max(0, level);
}

/** Rank of a place on the axis: of two that compete for a label, the higher one gets it. */
export const tickWeight = (axis: Axis, value: number): number =>
  axis === "seconds" ? durationWeight(value) : decimalWeight(value);

/** The roundest unit that all labels are multiples of, which settles how many digits they need. */
export function tickUnit(values: readonly number[]): number {
  const shown = values.filter((value) => value !== 0);
  for (let unit = 1e12; unit > 1; unit /= 10) {
    if (shown.length > 0 && shown.every((value) => isMultiple(value, unit))) return unit;
  }
  return 1;
}

/** 500, 15k, 1.25M, and in full where the short form would need more than two decimals: 1,234,560. */
export function formatStepTick(value: number, unit: number): string {
  const magnitude = Math.abs(value);
  if (magnitude < 10_000 && (unit < 1000 || magnitude < 1000)) return String(value);
  const [size, suffix] = magnitude >= 1e9 ? [1e9, "G"] : magnitude >= 1e6 ? [1e6, "M"] : [1e3, "k"];
  const decimals = Math.max(0, Math.round(Math.log10(size / unit)));
  return decimals > 2 ? formatInteger(value) : `${Number((value / size).toFixed(decimals))}${suffix}`;
}

export function formatTick(axis: Axis, value: number, unit: number): string {
  if (axis === "seconds") return formatDuration(Number(value.toFixed(3)));
  return formatStepTick(value, unit);
}

type FormatDigits = (value: number, digits: number) => string;

/** Labels for one scale, all with as many digits as it takes to tell neighbours apart. */
export function formatDistinct(values: readonly number[], format: FormatDigits): string[] {
  const largest = Math.max(...values.map(Math.abs));
  // A tick that sums to 5e-17 is zero to everybody but the machine.
  const shown = values.map((value) => (Math.abs(value) < largest * 1e-9 ? 0 : value));
  for (let digits = 3; digits < 15; digits++) {
    const labels = shown.map((value) => format(value, digits));
    if (new Set(labels).size === new Set(shown).size) return labels;
  }
  return shown.map((value) => format(value, 15));
}
