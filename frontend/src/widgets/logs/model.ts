import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { decodeLogs, type LogAnswer, type LogQuery, logsPath } from "../../api/logs.ts";
import { Analysis } from "../plot/analysis.ts";
import { steady } from "../series.ts";
import { checkedRuns } from "../trainings.ts";
import type { Workspace } from "../workspace.ts";
import { type Line, levelsOf, merged, totalOf } from "./lines.ts";
import type { LogsSettings } from "./settings.ts";

/** Lines of more runs than these nobody reads side by side. */
export const MOST_RUNS_SHOWN = 20;

// As often as new lines may come.
const REST_MS = 250;

/** What is on screen while nothing moves, because somebody reads it. */
interface Held {
  readonly lines: readonly Line[];
  readonly total: number;
}

/** The last lines of the checked runs. */
export class LogsModel {
  readonly runs: ReadonlySignal<readonly string[]>;
  readonly analysis: Analysis<LogQuery, LogAnswer>;
  /** How many there are, with those that are not here. */
  readonly total = computed(() => totalOf(this.analysis.answer.value?.logs ?? []));
  /** Of all levels that there are, how many lines. */
  readonly levels = computed(() => levelsOf(this.analysis.answer.value?.logs ?? []));
  readonly lines: ReadonlySignal<readonly Line[]>;
  /** How many came since reading began; 0 while the newest are shown. */
  readonly fresh = computed(() =>
    Math.max(0, this.total.value - (this.held.value?.total ?? this.total.value)),
  );
  readonly isHeld = computed(() => this.held.value !== null);
  private readonly held = signal<Held | null>(null);
  private readonly newest = computed(() => merged(this.analysis.answer.value?.logs ?? []));

  constructor(workspace: Workspace, settings: Signal<LogsSettings>) {
    this.runs = steady(() => checkedRuns(workspace).slice(0, MOST_RUNS_SHOWN));
    this.lines = computed(() => this.held.value?.lines ?? this.newest.value);
    this.analysis = new Analysis<LogQuery, LogAnswer>(
      workspace,
      () => {
        const { levels, search, last } = settings.value;
        if (this.runs.value.length === 0) return null;
        // In any order: another run in focus is no other question.
        const runs = [...this.runs.value].sort();
        return { runs, levels, search: search.trim(), limit: last };
      },
      (query, etag, abort) => workspace.client.tagged(logsPath(query), etag, decodeLogs, abort),
      REST_MS,
    );
  }

  /** Keeps what is on screen, so that nothing moves under who reads it. */
  hold(): void {
    if (this.held.peek() !== null || this.analysis.isOld.peek()) return;
    this.held.value = { lines: this.newest.peek(), total: this.total.peek() };
  }

  /** Shows the newest lines from now on. */
  release(): void {
    this.held.value = null;
  }

  /** Asks for as long as it is not told to stop. */
  follow(): () => void {
    const stops = [
      this.analysis.follow(),
      effect(() => {
        void this.analysis.query.value;
        batch(() => this.release());
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }
}
