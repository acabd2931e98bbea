import type { Stored } from "../widget.ts";

/** Along which time lines are drawn: that of each run, or that of the day. */
export const TIMES = ["since", "clock"] as const;
export type Times = (typeof TIMES)[number];

export interface StatsSettings {
  readonly time: Times;
}

/** Settings from what was stored; whatever can't be used falls back to its default. */
export const readSettings = ({ time }: Stored): StatsSettings => ({
  time: TIMES.find((one) => one === time) ?? "since",
});
