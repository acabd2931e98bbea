import type { Table } from "./table.ts";

// What a spreadsheet would take for the begin of a formula (OWASP, "CSV injection").
const FORMULA = /^[=+\-@\t\r]/;

/** RFC 4180, with a header. Numbers are exact, what is missing is an empty field, and no text is a formula. */
export function csvOf({ columns }: Table): string {
  const rows = columns[0]?.values.length ?? 0;
  const lines = [columns.map(({ name }) => field(name))];
  for (let row = 0; row < rows; row++) lines.push(columns.map(({ values }) => field(values[row])));
  return lines.map((fields) => `${fields.join(",")}\r\n`).join("");
}

function field(value: string | number | undefined): string {
  if (typeof value === "number") return Number.isNaN(value) ? "" : String(value);
  const text = value ?? "";
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
