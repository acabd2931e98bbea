import type { Alert } from "../../api/alerts.ts";
import { SEVERITIES } from "../../base/severity.ts";
import type { Table } from "../../base/table.ts";
import { ALERT_COLUMNS } from "../../base/words/alertList.ts";
import type { AlertSettings, Sort } from "./settings.ts";

/** Alerts of the runs that the list is about; `checked` null: of all. */
export const inScope = (
  alerts: readonly Alert[],
  checked: ReadonlySet<string> | null,
  tag: string | null,
): readonly Alert[] =>
  alerts.filter(
    (alert) => (checked === null || checked.has(alert.run)) && (tag === null || alert.tag === tag),
  );

/** Those that the filters leave, in their order. */
export function rowsOf(
  alerts: readonly Alert[],
  { kinds, severities, runs, sort }: Pick<AlertSettings, "kinds" | "severities" | "runs" | "sort">,
): readonly Alert[] {
  return alerts
    .filter(({ run }) => runs.length === 0 || runs.includes(run))
    .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind))
    .filter(({ severity }) => severities.length === 0 || severities.includes(severity))
    .sort(ORDERS[sort]);
}

const gravity = ({ severity }: Alert): number => SEVERITIES.indexOf(severity);
const byStep = (a: Alert, b: Alert): number => a.firstStep - b.firstStep;
const byRun = (a: Alert, b: Alert): number => a.run.localeCompare(b.run, "en", { numeric: true });

const ORDERS: Readonly<Record<Sort, (a: Alert, b: Alert) => number>> = {
  severity: (a, b) => gravity(a) - gravity(b) || byRun(a, b) || byStep(a, b),
  step: (a, b) => byStep(a, b) || gravity(a) - gravity(b),
  run: (a, b) => byRun(a, b) || byStep(a, b),
};

/** A row that the keyboard is on, and where it was; null: none was gone to. */
export interface Picked {
  readonly alert: Alert | null;
  readonly at: number;
}

/** Where the picked alert stands by now: others may have come before it; in its place, if it is gone, the next one. */
export function placeOf(rows: readonly Alert[], { alert, at }: Picked): number {
  const found = alert === null ? -1 : rows.findIndex((one) => isSame(one, alert));
  return found >= 0 ? found : Math.min(at, rows.length - 1);
}

const isSame = (a: Alert, b: Alert): boolean =>
  a.run === b.run && a.tag === b.tag && a.firstStep === b.firstStep && a.detector === b.detector;

/** How many there are of each value, the most frequent first. */
export function tally<Key extends string>(keys: readonly Key[]): readonly (readonly [Key, number])[] {
  const counts = new Map<Key, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0], "en", { numeric: true }));
}

/** The list, as it is exported and read out. */
export const tableOf = (rows: readonly Alert[]): Table => ({
  columns: [
    { name: ALERT_COLUMNS.severity, values: rows.map(({ severity }) => severity) },
    { name: ALERT_COLUMNS.kind, values: rows.map(({ kind }) => kind) },
    { name: ALERT_COLUMNS.run, values: rows.map(({ run }) => run) },
    { name: ALERT_COLUMNS.tag, values: rows.map(({ tag }) => tag) },
    { name: ALERT_COLUMNS.first, values: rows.map(({ firstStep }) => firstStep) },
    { name: ALERT_COLUMNS.last, values: rows.map(({ lastStep }) => lastStep) },
    { name: ALERT_COLUMNS.value, values: rows.map(({ value }) => value) },
    { name: ALERT_COLUMNS.message, values: rows.map(({ message }) => message) },
    { name: ALERT_COLUMNS.detector, values: rows.map(({ detector }) => detector) },
  ],
});
