import { computed, type ReadonlySignal, type Signal } from "@preact/signals";
import { decodeStats, type StatsAnswer, statsPath } from "../../api/stats.ts";
import { Analysis } from "../plot/analysis.ts";
import { steady } from "../series.ts";
import { checkedRuns } from "../trainings.ts";
import type { Workspace } from "../workspace.ts";
import { type Panel, panelsOf } from "./panels.ts";
import type { StatsSettings } from "./settings.ts";

/** More lines than these in so small a place hide each other. */
export const MOST_RUNS_SHOWN = 10;

/** How fast the checked runs are, and what they take of their machines. */
export class StatsModel {
  /** The run in focus first. */
  readonly runs: ReadonlySignal<readonly string[]>;
  readonly analysis: Analysis<readonly string[], StatsAnswer>;
  readonly panels: ReadonlySignal<readonly Panel[]>;

  constructor(workspace: Workspace, settings: Signal<StatsSettings>) {
    this.runs = steady(() => checkedRuns(workspace).slice(0, MOST_RUNS_SHOWN));
    this.analysis = new Analysis<readonly string[], StatsAnswer>(
      workspace,
      // In any order: another run in focus is no other question.
      () => (this.runs.value.length > 0 ? [...this.runs.value].sort() : null),
      (runs, etag, abort) => workspace.client.tagged(statsPath(runs), etag, decodeStats, abort),
    );
    this.panels = computed(() => {
      const answered = new Map(this.analysis.answer.value?.runs.map((one) => [one.run, one]));
      const starts = new Map(workspace.runs.value?.runs.map((one) => [one.name, one.startTime]));
      const startOf = (run: string) => (settings.value.time === "since" ? (starts.get(run) ?? 0) : 0);
      return panelsOf(
        this.runs.value.flatMap((run) => answered.get(run) ?? []),
        startOf,
      );
    });
  }
}
