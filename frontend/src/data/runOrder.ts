import type { RunInfo, TagInfo } from "../api/types.ts";
import type { Polarity } from "../base/polarity.ts";

export const RUN_ORDERS = ["name", "start", "last", "alerts"] as const;

export type RunOrder = (typeof RUN_ORDERS)[number];

/** A tag as each run that has it knows it. */
export function infosOf(runs: readonly RunInfo[], tag: string | null): ReadonlyMap<string, TagInfo> {
  const infos = new Map<string, TagInfo>();
  for (const run of runs) {
    const info = run.tags.find((one) => one.tag === tag);
    if (info) infos.set(run.name, info);
  }
  return infos;
}

/** The last value of each run, turned round where lower is better; `said` overrules what the log says of that. */
export const goodness = (infos: ReadonlyMap<string, TagInfo>, said: Polarity | null): Map<string, number> =>
  new Map(
    [...infos].map(([run, { lastValue, polarity }]) => [
      run,
      (said ?? polarity) === "lower_is_better" ? -lastValue : lastValue,
    ]),
  );

/**
 * Names by their numbers, the largest first, or backwards; without numbers as they were given.
 * Those that have none come last either way, and equal ones stay in the given order.
 */
export function orderRuns(
  names: readonly string[],
  numbers: ReadonlyMap<string, number> | null,
  backwards: boolean,
): readonly string[] {
  if (numbers === null) return backwards ? names.toReversed() : names;
  const sign = backwards ? 1 : -1;
  const numbered: [number, string][] = [];
  const others: string[] = [];
  for (const name of names) {
    const number = numbers.get(name) ?? Number.NaN;
    if (Number.isFinite(number)) numbered.push([number, name]);
    else others.push(name);
  }
  numbered.sort(([one], [other]) => sign * (one - other));
  return [...numbered.map(([, name]) => name), ...others];
}
