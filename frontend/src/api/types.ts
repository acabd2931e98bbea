import type { Axis, Range } from "../base/axis.ts";
import type { Polarity } from "../base/polarity.ts";

export interface TagInfo {
  readonly tag: string;
  readonly points: number;
  readonly firstStep: number;
  readonly lastStep: number;
  readonly lastValue: number;
  readonly polarity: Polarity;
  /** What the values are measured in, where the writer said so. */
  readonly unit: string | null;
  /** Steps that the longest candle spans which the writer made itself; null where it logged every point. */
  readonly resolution: number | null;
}

export interface RunInfo {
  readonly name: string;
  readonly tags: readonly TagInfo[];
  readonly volumeTag: string | null;
  readonly hasEpochs: boolean;
  /** How many summaries there are that hold more than numbers, by kind and tag. */
  readonly records: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly startTime: number;
  readonly endTime: number;
}

export interface Loading {
  readonly done: number;
  readonly total: number;
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

export interface Problem {
  readonly run: string;
  readonly file: string;
  readonly offset: number;
  readonly what: string;
}

export interface Runs {
  readonly version: string;
  readonly exact: boolean;
  readonly loading: Loading;
  readonly problems: readonly Problem[];
  /** All of them, where the list holds only the first. */
  readonly problemCount: number;
  readonly runs: readonly RunInfo[];
}

/** One (run, tag). */
export interface Series {
  readonly run: string;
  readonly tag: string;
}

export const CANDLE_COLUMNS = [
  "x",
  "first_step",
  "last_step",
  "open",
  "high",
  "low",
  "close",
  "mean",
  "std",
  "count",
  "nonfinite",
  "high_step",
  "low_step",
  "start_time",
  "end_time",
  "volume",
] as const;

export type CandleColumn = (typeof CANDLE_COLUMNS)[number];

/** What one candlestick pattern means at its place, by the polarity of the tag. */
export type PatternDirection = "better" | "worse" | "neutral";

/** A candlestick pattern in a series. */
export interface FoundPattern {
  readonly name: string;
  readonly title: string;
  readonly direction: PatternDirection;
  /** Where its last candle begins, and its first. */
  readonly x: number;
  readonly firstX: number;
  readonly firstStep: number;
  readonly lastStep: number;
}

/** What may be asked for beside the candles themselves. */
export interface Extras {
  /** As `atr:14`. */
  readonly indicators: readonly string[];
  readonly patterns: boolean;
  /** Which way is better where a person says otherwise than the log. */
  readonly polarity: Polarity | null;
}

/** Candles of one series as parallel columns; a missing number is NaN. */
export interface Candles {
  readonly run: string;
  readonly tag: string;
  readonly by: Axis;
  readonly width: number;
  readonly exact: boolean;
  readonly points: number;
  readonly polarity: Polarity;
  /** What the values are measured in, where the writer said so. */
  readonly unit: string | null;
  /** The tag behind the volume column, or "count". */
  readonly volume: string;
  /** Where the whole series lies on the axis, beyond the window that was asked for. */
  readonly extent: Range;
  readonly columns: Readonly<Record<CandleColumn, Float64Array>>;
  /** By the names of their columns, as `atr(14)`; where they were asked for. */
  readonly indicators?: ReadonlyMap<string, Float64Array>;
  /** In the order of the axis; where they were asked for. */
  readonly patterns?: readonly FoundPattern[];
  /** Why there are no indicators and patterns though they were asked for. */
  readonly extrasRefused?: string;
}

export interface CandleQuery {
  readonly series: readonly Series[];
  readonly by: Axis;
  readonly width?: number;
  readonly window?: Range;
  /** Where a run's own epochs are not known. */
  readonly stepsPerEpoch?: number | null;
  readonly extras?: Extras | null;
  readonly limit: number;
}
