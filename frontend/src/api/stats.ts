import { asArray, asNumber, asRecord, asText } from "./json.ts";

/** One measure of a run over time, as parallel columns. */
export interface Track {
  /** `steps_per_sec`, `points_per_sec`, or a tag as `system/cpu_percent`. */
  readonly name: string;
  /** Seconds since the Unix epoch. */
  readonly time: Float64Array;
  readonly value: Float64Array;
  /** NaN where there is none. */
  readonly latest: number;
}

export interface RunStats {
  readonly run: string;
  /** Whose points are counted for the speed; null where nothing was logged. */
  readonly tag: string | null;
  readonly tracks: readonly Track[];
}

export interface StatsAnswer {
  readonly progress: null;
  readonly runs: readonly RunStats[];
}

const SPEEDS = ["steps_per_sec", "points_per_sec"] as const;

/** `stats?run=a&run=b` */
export const statsPath = (runs: readonly string[]): string =>
  `stats?${new URLSearchParams(runs.map((run) => ["run", run]))}`;

export const decodeStats = (answer: unknown): StatsAnswer => ({
  progress: null,
  runs: asArray(asRecord(answer).stats).map((item) => decodeRun(asRecord(item))),
});

function decodeRun(item: Record<string, unknown>): RunStats {
  const [columns, latest] = [asRecord(item.columns), asRecord(item.latest)];
  const speeds = SPEEDS.map((name) => trackOf(name, columns, name, latest[name]));
  const system = asArray(item.system).map((one) => {
    const { tag, columns: ofTag, latest: newest } = asRecord(one);
    return trackOf(asText(tag), asRecord(ofTag), "value", newest);
  });
  return {
    run: asText(item.run),
    tag: typeof item.tag === "string" ? item.tag : null,
    tracks: [...speeds, ...system].filter(({ time }) => time.length > 0),
  };
}

const trackOf = (name: string, columns: Record<string, unknown>, column: string, latest: unknown): Track => ({
  name,
  time: Float64Array.from(asArray(columns.time), asNumber),
  value: Float64Array.from(asArray(columns[column]), asNumber),
  latest: asNumber(latest),
});
