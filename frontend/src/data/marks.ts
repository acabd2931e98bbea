import type { Alert } from "../api/alerts.ts";
import type { Candles } from "../api/types.ts";
import { lastRowUpTo } from "../base/rows.ts";
import { SEVERITIES, type Severity } from "../base/severity.ts";

/** The row of the candle that holds a step; -1 where none that is held does. */
export function rowOfStep({ columns }: Candles, step: number): number {
  const row = lastRowUpTo(columns.first_step, step);
  return row >= 0 && step <= (columns.last_step[row] ?? Number.NEGATIVE_INFINITY) ? row : -1;
}

/** Alerts by the row of the candle that they begin in; those before and after what is held have none. */
export function alertsByRow(alerts: readonly Alert[], candles: Candles): Map<number, Alert[]> {
  const rows = new Map<number, Alert[]>();
  for (const alert of alerts) {
    const row = rowOfStep(candles, alert.firstStep);
    if (row < 0) continue;
    const there = rows.get(row);
    if (there) there.push(alert);
    else rows.set(row, [alert]);
  }
  return rows;
}

export const worstOf = (alerts: readonly Pick<Alert, "severity">[]): Severity =>
  SEVERITIES.find((severity) => alerts.some((alert) => alert.severity === severity)) ?? "info";

/** Things in a row on screen that would cover each other, as one. */
export interface Cluster {
  readonly x: number;
  readonly halfPx: number;
  /** Places in what was clustered, in order. */
  readonly members: readonly number[];
}

/**
 * Joins what would overlap, from left to right: `x` ascending, in pixels; `widthPx` of a mark that stands for so
 * many members.
 */
export function clustersOf(
  x: readonly number[],
  widthPx: (members: readonly number[]) => number,
): readonly Cluster[] {
  const clusters: Cluster[] = [];
  const made = (members: readonly number[]): Cluster => {
    const [first, last] = [x[members[0] ?? 0] ?? 0, x[members.at(-1) ?? 0] ?? 0];
    return { x: (first + last) / 2, halfPx: widthPx(members) / 2, members };
  };
  for (let i = 0; i < x.length; i++) {
    let cluster = made([i]);
    for (;;) {
      const before = clusters.at(-1);
      if (!before || before.x + before.halfPx <= cluster.x - cluster.halfPx) break;
      clusters.pop();
      cluster = made([...before.members, ...cluster.members]);
    }
    clusters.push(cluster);
  }
  return clusters;
}
