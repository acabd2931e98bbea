import type { Stored } from "../widget.ts";
import { COLUMN_NAMES, type ColumnName, isSortable } from "./columnNames.ts";

export const WHICH_RUNS = ["checked", "all"] as const;
/** What makes runs one group: nothing, what stands before the last slash, or what a pattern finds in the name. */
export const GROUPINGS = ["none", "folder", "pattern"] as const;
export const SCALES = ["own", "common"] as const;

export interface Sort {
  readonly column: ColumnName | "run";
  readonly isDescending: boolean;
}

export interface ComparisonSettings {
  /** Null: the tag that is picked for all widgets. */
  readonly tag: string | null;
  readonly which: (typeof WHICH_RUNS)[number];
  /** Of the small candles. */
  readonly scale: (typeof SCALES)[number];
  /** Those that are not shown. */
  readonly hidden: readonly ColumnName[];
  /** Null: as the runs stand in the sidebar. */
  readonly sort: Sort | null;
  /** A run, or a group where runs are grouped. */
  readonly baseline: string | null;
  readonly groupBy: Grouping;
  /** A regular expression; what it captures names a run's group. */
  readonly pattern: string;
  /** The group whose candles are drawn. */
  readonly group: string | null;
}

export type Grouping = (typeof GROUPINGS)[number];

const HIDDEN_AT_FIRST: readonly ColumnName[] = ["worst", "mean"];

/** Settings from what was stored; whatever can't be used falls back to its default. */
export function readSettings(stored: Stored): ComparisonSettings {
  const { tag, which, scale, hidden, sort, baseline, groupBy, pattern, group } = stored;
  return {
    tag: typeof tag === "string" ? tag : null,
    which: WHICH_RUNS.find((one) => one === which) ?? "checked",
    scale: SCALES.find((one) => one === scale) ?? "own",
    hidden: Array.isArray(hidden) ? COLUMN_NAMES.filter((name) => hidden.includes(name)) : HIDDEN_AT_FIRST,
    sort: readSort(sort),
    baseline: typeof baseline === "string" ? baseline : null,
    groupBy: GROUPINGS.find((one) => one === groupBy) ?? "none",
    pattern: typeof pattern === "string" ? pattern : "",
    group: typeof group === "string" ? group : null,
  };
}

function readSort(stored: unknown): Sort | null {
  if (typeof stored !== "object" || stored === null || !("column" in stored)) return null;
  const column = [...COLUMN_NAMES, "run" as const].find((name) => name === stored.column);
  if (column === undefined || !isSortable(column)) return null;
  return { column, isDescending: "isDescending" in stored && stored.isDescending === true };
}
