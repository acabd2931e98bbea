import type { Cost, Model } from "../../api/complexity.ts";
import { formatCompact, formatDigits, formatDuration, formatInteger } from "../../base/format.ts";
import type { Table } from "../../base/table.ts";
import { COST_WORDS } from "../../base/words/complexity.ts";

export type RowName = keyof typeof COST_WORDS;

/** One number of every model. */
export interface Row {
  readonly name: RowName;
  readonly values: readonly number[];
  /** As it is read in a table: exact, with its unit. */
  exact(value: number): string;
  /** As it is read at an axis. */
  short(value: number): string;
  /** Whether less of it is cheaper. */
  readonly isCost: boolean;
}

interface Kind {
  readonly perExample?: boolean;
  readonly isCost?: boolean;
  readonly exact: (value: number) => string;
  readonly short: (value: number) => string;
}

const COUNT: Kind = { exact: formatInteger, short: (value) => formatCompact(Math.round(value)) };
const BYTES: Kind = { exact: formatBytes, short: (value) => formatBytes(value, 2), isCost: true };

const KINDS: Readonly<Record<RowName, Kind>> = {
  layers: COUNT,
  depth: COUNT,
  parameters: { ...COUNT, isCost: true },
  trainable: COUNT,
  parameter_bytes: BYTES,
  flops: { ...COUNT, isCost: true, perExample: true },
  activation_bytes: { ...BYTES, perExample: true },
  latency: {
    exact: formatDuration,
    short: (value) => formatDuration(Number(value.toPrecision(2))),
    isCost: true,
    perExample: true,
  },
  gradient_noise_scale: {
    exact: (value) => formatDigits(value, 4),
    short: (value) => formatDigits(value, 2),
  },
};

export const ROW_NAMES = Object.keys(COST_WORDS) as readonly RowName[];

/** What is known of at least one model. */
export const rowsOf = (models: readonly Model[]): readonly Row[] =>
  ROW_NAMES.map((name) => {
    const { perExample = false, isCost = false, exact, short } = KINDS[name];
    return {
      name,
      values: models.map(({ costs, examples }) => costs[name] / (perExample ? examples : 1)),
      exact: guarded(exact),
      short: guarded(short),
      isCost,
    };
  }).filter(({ values }) => values.some(Number.isFinite));

const guarded = (format: (value: number) => string) => (value: number) =>
  Number.isFinite(value) ? format(value) : "–";

/** 1.5 kB, 3.2 GB: in powers of a thousand. */
export function formatBytes(bytes: number, digits = 4): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  const power = Math.min(
    units.length - 1,
    Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3 + 1e-12)),
  );
  return `${Number((bytes / 1000 ** power).toPrecision(digits))} ${units[power]}`;
}

/** Ends of a logarithmic axis: those of the values, and never less than ten times apart. */
export function endsOf(values: readonly number[]): readonly [number, number] | null {
  const known = values.filter((value) => value > 0);
  if (known.length === 0) return null;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  if (high >= 10 * low) return [low, high];
  const middle = Math.sqrt(low * high);
  return [middle / Math.sqrt(10), middle * Math.sqrt(10)];
}

const INNERMOST = 0.12;

/** From the innermost ring to the outermost; what is none lies in the middle. */
export function placeOf(value: number, [low, high]: readonly [number, number]): number {
  if (Number.isNaN(value)) return Number.NaN;
  if (value <= 0) return 0;
  return INNERMOST + (1 - INNERMOST) * (Math.log(value / low) / Math.log(high / low));
}

/** Which of the models has the least, where there are several and they differ. */
export function leastOf({ values, isCost }: Row): number | null {
  const known = values.filter(Number.isFinite);
  const least = Math.min(...known);
  if (!isCost || known.length < 2 || known.every((value) => value === least)) return null;
  return values.indexOf(least);
}

/** The smallest and the largest batch that latency was measured with, where it was with several. */
export function batchesOf(models: readonly Model[]): readonly [number, number] | null {
  const sizes = models.filter(({ costs }) => Number.isFinite(costs.latency)).map(({ examples }) => examples);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  return least < most ? [least, most] : null;
}

export const nameOf = ({ model, run, tag }: Model, models: readonly Model[]): string => {
  const isAlone = models.filter((one) => one.model === model).length === 1;
  const isOnly = models.filter((one) => one.run === run).length === 1;
  if (isAlone && model !== "") return model;
  return `${model} · ${run}${isOnly ? "" : ` · ${tag}`}`;
};

const OTHERS: readonly Cost[] = ["latency_low", "latency_high"];

/** A row for each model, with all numbers as they were logged. */
export const tableOf = (models: readonly Model[]): Table => ({
  columns: [
    ...(["run", "tag", "model", "framework", "device"] as const).map((name) => ({
      name,
      values: models.map((one) => one[name]),
    })),
    ...(["step", "examples"] as const).map((name) => ({
      name,
      values: Float64Array.from(models, (one) => one[name]),
    })),
    ...[...ROW_NAMES, ...OTHERS].map((name) => ({
      name,
      values: Float64Array.from(models, ({ costs }) => costs[name]),
    })),
  ],
});
