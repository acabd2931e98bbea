import type { Table } from "../../base/table.ts";
import type { KnownSeries } from "../series.ts";
import type { Workspace } from "../workspace.ts";
import type { SkeletonSettings } from "./settings.ts";

export interface LastValue extends KnownSeries {
  readonly value: number;
}

/** The last value of each series; what is not finite stands last, whichever way is better. */
export function lastValues(
  series: readonly KnownSeries[],
  runs: Workspace["runs"]["value"],
  { bestFirst }: Pick<SkeletonSettings, "bestFirst">,
): readonly LastValue[] {
  const named = new Map((runs?.runs ?? []).map((run) => [run.name, run]));
  const rows = series.map((one) => {
    const info = named.get(one.run)?.tags.find(({ tag }) => tag === one.tag);
    return { ...one, value: info?.lastValue ?? Number.NaN };
  });
  if (!bestFirst) return rows;
  const badness = ({ value, polarity }: LastValue) => {
    if (!Number.isFinite(value)) return Number.POSITIVE_INFINITY;
    return polarity === "lower_is_better" ? value : -value;
  };
  return rows.sort((a, b) => (badness(a) < badness(b) ? -1 : Number(badness(a) > badness(b))));
}

export const tableOf = (rows: readonly LastValue[]): Table => ({
  columns: [
    { name: "run", values: rows.map(({ run }) => run) },
    { name: "last_value", values: Float64Array.from(rows, ({ value }) => value) },
  ],
});
