import type { Comparison } from "../../api/comparison.ts";
import { columnOf } from "./columns.ts";
import type { Sort } from "./settings.ts";

const NAMES = new Intl.Collator("en", { numeric: true });

/**
 * Rows of the runs that are wanted, in their order or sorted. What is missing stands last either way, and
 * rows that are equal stay as they were.
 */
export function orderOf(
  comparison: Comparison,
  wanted: readonly string[],
  sort: Sort | null,
): readonly number[] {
  const rowOf = new Map(comparison.runs.map((run, row) => [run, row]));
  const rows = wanted.flatMap((run) => rowOf.get(run) ?? []);
  return sort === null ? rows : rows.sort(comparer(comparison, sort));
}

function comparer(comparison: Comparison, { column, isDescending }: Sort): (a: number, b: number) => number {
  const sign = isDescending ? -1 : 1;
  const { runs } = comparison;
  if (column === "run") return (a, b) => sign * NAMES.compare(runs[a] ?? "", runs[b] ?? "");
  const values = columnOf(column).values?.(comparison) ?? new Float64Array();
  return (a, b) => {
    const [left, right] = [values[a] ?? Number.NaN, values[b] ?? Number.NaN];
    const missing = Number(Number.isNaN(left)) - Number(Number.isNaN(right));
    return missing !== 0
      ? missing
      : left === right || Number.isNaN(left)
        ? 0
        : sign * (left < right ? -1 : 1);
  };
}
