import type { Stored } from "../widget.ts";

export const USUAL_LAST = 500;
export const MOST_LAST = 10_000;
// As the server takes them.
export const LONGEST_SEARCH = 200;
const MOST_LEVELS = 100;

export interface LogsSettings {
  /** Those that are shown; empty: all. */
  readonly levels: readonly string[];
  readonly search: string;
  /** How many lines of each run are kept in the page. */
  readonly last: number;
}

/** Settings from what was stored; whatever can't be used falls back to its default. */
export const readSettings = ({ levels, search, last }: Stored): LogsSettings => ({
  levels: Array.isArray(levels) ? levels.filter(isText).slice(0, MOST_LEVELS) : [],
  search: isText(search) ? search.slice(0, LONGEST_SEARCH) : "",
  last: readLast(last),
});

const isText = (value: unknown): value is string => typeof value === "string";

export const readLast = (value: unknown): number =>
  typeof value === "number" && value >= 1 ? Math.min(MOST_LAST, Math.floor(value)) : USUAL_LAST;
