import type { Table } from "./table.ts";

/** Columns by their names, as the HTTP API has them. JSON has no NaN: what is missing is null. */
export const jsonOf = ({ columns }: Table): string =>
  `${JSON.stringify({
    columns: Object.fromEntries(columns.map(({ name, values }) => [name, Array.from(values, cell)])),
  })}\n`;

/** The infinities are said in words, which are not lost where no number can stand. */
const cell = (value: string | number): string | number | null => {
  if (typeof value === "string" || Number.isFinite(value)) return value;
  return Number.isNaN(value) ? null : String(value);
};
