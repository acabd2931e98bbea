import type { RunLog } from "../../api/logs.ts";
import type { Table } from "../../base/table.ts";
import { LOGS } from "../../base/words/logs.ts";

/** One line of a log. */
export interface Line {
  readonly run: string;
  readonly time: number;
  readonly step: number;
  readonly level: string;
  /** Null: it is no longer there to be read. */
  readonly message: string | null;
}

/** How grave lines are, whatever a writer calls their levels. */
export type Gravity = "low" | "info" | "warning" | "critical";

const GRAVITIES: ReadonlyMap<string, Gravity> = new Map([
  ["notset", "low"],
  ["trace", "low"],
  ["debug", "low"],
  ["warn", "warning"],
  ["warning", "warning"],
  ["error", "critical"],
  ["critical", "critical"],
  ["fatal", "critical"],
]);

export const gravityOf = (level: string): Gravity => GRAVITIES.get(level) ?? "info";

/** Lines of all runs as they were said: by time, those without one first, and of one time in the order of each run. */
export function merged(logs: readonly RunLog[]): readonly Line[] {
  const lines = logs.flatMap(({ run, time, step, level, message }) =>
    message.map((text, i) => ({
      run,
      time: time[i] ?? Number.NaN,
      step: step[i] ?? Number.NaN,
      level: level[i] ?? "",
      message: text,
    })),
  );
  return logs.length < 2 ? lines : lines.sort((a, b) => when(a) - when(b));
}

const when = ({ time }: Line): number => (Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time);

const ORDER: readonly Gravity[] = ["critical", "warning", "info", "low"];

/** How many lines there are of each level, in all runs together; the gravest level first. */
export function levelsOf(logs: readonly RunLog[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { levels } of logs) {
    for (const [level, count] of levels) counts.set(level, (counts.get(level) ?? 0) + count);
  }
  const rank = (level: string) => ORDER.indexOf(gravityOf(level));
  return new Map([...counts].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1)));
}

/** The levels that are shown once one more is, or no longer is; empty: all of them. */
export function toggled(shown: readonly string[], level: string, all: readonly string[]): readonly string[] {
  const before = shown.length === 0 ? all : shown;
  const after = before.includes(level) ? before.filter((one) => one !== level) : [...before, level];
  return all.every((one) => after.includes(one)) ? [] : after;
}

export const totalOf = (logs: readonly RunLog[]): number => logs.reduce((sum, { total }) => sum + total, 0);

/** A piece of a line; every second one is what was searched for. */
export function pieces(text: string, search: string): readonly string[] {
  if (search === "") return [text];
  const [low, wanted] = [text.toLowerCase(), search.toLowerCase()];
  // Of a few letters the small ones are of another length: places would not be those of the text.
  if (low.length !== text.length) return [text];
  const found: string[] = [];
  let from = 0;
  for (let at = low.indexOf(wanted); at >= 0; at = low.indexOf(wanted, from)) {
    found.push(text.slice(from, at), text.slice(at, at + wanted.length));
    from = at + wanted.length;
  }
  return [...found, text.slice(from)];
}

export const tableOf = (lines: readonly Line[]): Table => ({
  columns: [
    { name: LOGS.time, values: Float64Array.from(lines, ({ time }) => time) },
    { name: LOGS.run, values: lines.map(({ run }) => run) },
    { name: LOGS.step, values: Float64Array.from(lines, ({ step }) => step) },
    { name: LOGS.level.toLowerCase(), values: lines.map(({ level }) => level) },
    { name: LOGS.message, values: lines.map(({ message }) => message ?? "") },
  ],
});
