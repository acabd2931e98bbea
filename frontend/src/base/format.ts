import type { Axis } from "./axis.ts";

const INTEGER = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** About six significant digits, as short as they can be: 0.123457, 1.5e-7, 1234.57. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return formatDigits(value, 6);
}

export function formatDigits(value: number, digits: number): string {
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude >= 1e7 || magnitude < 1e-4) {
    return value
      .toExponential(digits - 1)
      .replace(/\.?0+e/, "e")
      .replace("e+", "e");
  }
  return String(Number(value.toPrecision(digits)));
}

/** A difference, whose sign is always there: +0.12, −3e-5. */
export function formatSigned(value: number, digits = 5): string {
  if (!Number.isFinite(value)) return "–";
  const sign = value < 0 ? "−" : value > 0 ? "+" : "±";
  return sign + formatDigits(Math.abs(value), digits);
}

/** A share in percent: 8.66 %, 0.012 %. */
export const formatPercent = (share: number): string =>
  Number.isFinite(share) ? `${formatDigits(share * 100, 3)} %` : "–";

export const formatInteger = (value: number): string =>
  Number.isFinite(value) ? INTEGER.format(value) : "–";

/** 950, 12.3k, 1M: for places with little room. */
export function formatCompact(value: number): string {
  const units = [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const;
  // Rounded first: 999,999 is 1M, not 1000k.
  const rounded = Number(value.toPrecision(3));
  for (const [size, suffix] of units) {
    if (Math.abs(rounded) >= size) return `${Number((rounded / size).toPrecision(3))}${suffix}`;
  }
  return String(rounded);
}

export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const rounded = Number(bytes.toPrecision(3));
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, rounded)) / 3)));
  return `${Number((rounded / 1000 ** power).toPrecision(3))} ${units[power] ?? ""}`;
}

/** 40µs, 250ms, 1.5s, 1m30s, 2h, 1d3h: the parts that are not zero. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 0) return `-${formatDuration(-seconds)}`;
  if (seconds === 0) return "0s";
  const short = Number(seconds.toPrecision(3));
  if (short < 0.001) return `${Number((short * 1e6).toPrecision(3))}µs`;
  if (short < 1) return `${Number((short * 1000).toPrecision(3))}ms`;
  const exact = Number(seconds.toFixed(3));
  return exact < 60 ? `${exact}s` : longDuration(exact);
}

function longDuration(seconds: number): string {
  let rest = seconds;
  const parts: string[] = [];
  for (const [size, unit] of [
    [86400, "d"],
    [3600, "h"],
    [60, "m"],
    [1, "s"],
  ] as const) {
    const amount = unit === "s" ? Number(rest.toFixed(3)) : Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) parts.push(`${amount}${unit}`);
  }
  return parts.join("");
}

export const formatWidth = (axis: Axis, width: number): string =>
  axis === "seconds" ? formatDuration(width) : formatInteger(width);

/** Where a bucket lies, in words: `steps 1,000–1,999`, `epoch 3`, `1m30s–1m40s`. */
export function formatBucket(axis: Axis, start: number, width: number): string {
  if (axis === "seconds") return `${formatDuration(start)}–${formatDuration(start + width)}`;
  const noun = axis === "steps" ? "step" : "epoch";
  if (width === 1) return `${noun} ${formatInteger(start)}`;
  return `${noun}s ${formatInteger(start)}–${formatInteger(start + width - 1)}`;
}
