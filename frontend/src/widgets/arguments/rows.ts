import type { ArgumentValue, RunArguments } from "../../api/arguments.ts";
import { nameFilter } from "../../base/filter.ts";
import type { Table } from "../../base/table.ts";
import { ARGUMENTS } from "../../base/words/arguments.ts";

type Given = ArgumentValue | undefined;

/** One argument in all runs that are shown. */
export interface ArgumentRow {
  readonly name: string;
  /** In the order of the runs; undefined where one has no such argument. */
  readonly values: readonly Given[];
  /** Not the same in all runs; that one was given nothing is a difference, too. */
  readonly isDifferent: boolean;
}

const NAMES = new Intl.Collator("en", { numeric: true });

/** All arguments of some runs, by name. */
export function rowsOf(runs: readonly RunArguments[]): readonly ArgumentRow[] {
  const names = new Set(runs.flatMap(({ values }) => [...values.keys()]));
  return [...names].sort(NAMES.compare).map((name) => {
    const values = runs.map((run) => run.values.get(name));
    return {
      name,
      values,
      isDifferent: values.some((value) => value !== values[0]),
    };
  });
}

/** As it is shown. */
export const textOf = (value: ArgumentValue): string => String(value);

/** Rows whose name or values match what was typed. */
export function matching(
  rows: readonly ArgumentRow[],
  query: string,
  onlyDifferences: boolean,
): readonly ArgumentRow[] {
  const matches = nameFilter(query);
  return rows.filter(
    ({ name, values, isDifferent }) =>
      (isDifferent || !onlyDifferences) &&
      (matches(name) || values.some((value) => value !== undefined && matches(textOf(value)))),
  );
}

/** `{"run": {"lr": 0.1}}` */
export const jsonOf = (runs: readonly RunArguments[]): string =>
  JSON.stringify(
    Object.fromEntries(runs.map(({ run, values }) => [run, Object.fromEntries(values)])),
    null,
    2,
  );

export const tableOf = (runs: readonly RunArguments[], rows: readonly ArgumentRow[]): Table => ({
  columns: [
    { name: ARGUMENTS.name.toLowerCase(), values: rows.map(({ name }) => name) },
    ...runs.map(({ run }, i) => ({
      name: run,
      values: rows.map(({ values }) => {
        const value = values[i];
        return typeof value === "number" ? value : value === undefined ? "" : textOf(value);
      }),
    })),
  ],
});
