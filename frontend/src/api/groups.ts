import type { Polarity } from "../base/polarity.ts";
import { BadAnswer } from "./errors.ts";
import { asArray, asNumber, asRecord, asText } from "./json.ts";
import { decodeSafetensors } from "./safetensors.ts";

const COLUMNS = ["x", "open", "high", "low", "close", "mean", "std_over_runs", "runs"] as const;

export type GroupColumn = (typeof COLUMNS)[number];

/** Runs that are taken as one, as the seeds of a configuration. */
export interface RunGroup {
  readonly name: string;
  readonly runs: readonly string[];
}

export interface GroupQuery {
  readonly tag: string;
  readonly groups: readonly RunGroup[];
  /** Candles of a group, at most. */
  readonly limit: number;
  readonly polarity: Polarity | null;
}

/** Candles over all runs of a group, as parallel columns; a missing number is NaN. */
export interface GroupCandles {
  readonly name: string;
  /** Of a candle, in steps. */
  readonly width: number;
  readonly columns: Readonly<Record<GroupColumn, Float64Array>>;
}

/** `groups?format=safetensors&tag=loss&limit=24&group=0&run=a&group=0&run=b`: groups go by their numbers. */
export function groupsPath({ tag, groups, limit, polarity }: GroupQuery): string {
  const parameters = new URLSearchParams({ format: "safetensors", tag, limit: String(limit) });
  groups.forEach(({ runs }, number) => {
    for (const run of runs) {
      parameters.append("group", String(number));
      parameters.append("run", run);
    }
  });
  if (polarity !== null) parameters.set("polarity", polarity);
  return `groups?${parameters}`;
}

/** The groups of an answer by the names they have in the query; one of no runs is left out. */
export function decodeGroups(body: ArrayBuffer, { groups }: GroupQuery): GroupCandles[] {
  const tensors = decodeSafetensors(body);
  const items = asArray(JSON.parse(tensors.metadata.groups ?? "null")).map(asRecord);
  return items.map((item, i) => {
    const group = groups[Number(asText(item.group) || "none")];
    if (group === undefined) throw new BadAnswer(`no group ${String(item.group)} was asked for`);
    const prefix = items.length === 1 ? "" : `${i}/`;
    const column = (name: GroupColumn): [GroupColumn, Float64Array] => {
      const values = tensors.columns.get(prefix + name);
      if (values === undefined) throw new BadAnswer(`column ${name} is missing`);
      return [name, values];
    };
    const columns = Object.fromEntries(COLUMNS.map(column)) as Record<GroupColumn, Float64Array>;
    return { name: group.name, width: asNumber(item.width), columns };
  });
}
