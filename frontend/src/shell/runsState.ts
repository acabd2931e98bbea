import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { AlertCount } from "../api/alerts.ts";
import type { Runs } from "../api/types.ts";
import { commonFolder } from "../base/commonFolder.ts";
import { compileFilter, compilePattern } from "../base/filter.ts";
import {
  type Grouping,
  type GroupRow,
  groupPaths,
  type NameRow,
  type TreeRow,
  treeRows,
} from "../base/nameTree.ts";
import { naturalOrder } from "../base/naturalOrder.ts";
import type { Polarity } from "../base/polarity.ts";
import { type Choice, checkRuns, invertRuns, onlyRun } from "../data/choice.ts";
import { goodness, infosOf, orderRuns, RUN_ORDERS, type RunOrder } from "../data/runOrder.ts";
import { asFlag, asNames, asOneOf, asTyped, kept } from "./storage.ts";

export const GROUPINGS = ["none", "prefix", "pattern"] as const;

export type GroupingName = (typeof GROUPINGS)[number];

/** What the list of runs lists, and may do with it. */
export interface RunsSource {
  readonly runs: ReadonlySignal<Runs | null>;
  readonly choice: ReadonlySignal<Choice>;
  readonly alertCounts: ReadonlySignal<ReadonlyMap<string, AlertCount>>;
  readonly polarities: ReadonlySignal<ReadonlyMap<string, Polarity>>;
  pick(choice: Choice): void;
}

interface Solo {
  readonly run: string;
  readonly before: Choice;
}

/** How the runs are listed: which, in which order, in which groups. */
export class RunsState {
  readonly query = kept("sessionStorage", "run-filter", asTyped);
  readonly order = kept("sessionStorage", "run-order", asOneOf<RunOrder>(RUN_ORDERS, "name"));
  readonly backwards = kept("sessionStorage", "run-order-backwards", asFlag);
  readonly grouping = kept("sessionStorage", "run-groups", asOneOf<GroupingName>(GROUPINGS, "none"));
  readonly groupPattern = kept("sessionStorage", "run-group-pattern", asTyped);
  readonly closed = kept("sessionStorage", "run-groups-closed", asNames);
  readonly optionsOpen = kept("sessionStorage", "run-options", asFlag);
  readonly pinned = kept("localStorage", "pinned-runs", asNames);

  readonly checked = computed(() => new Set(this.source.choice.value.checked));
  readonly pins = computed(() => new Set(this.pinned.value));
  readonly filter = computed(() => compileFilter(this.query.value));
  readonly patternProblem = computed(() => {
    const pattern = compilePattern(this.groupPattern.value);
    return this.grouping.value === "pattern" && typeof pattern === "string" ? pattern : null;
  });
  /** The picked tag, as each run that has it knows it. */
  readonly infos = computed(() => infosOf(this.source.runs.value?.runs ?? [], this.source.choice.value.tag));
  readonly count = computed(() => this.names.value.length);
  readonly shown = computed(() => {
    const { test } = this.filter.value;
    return this.ordered.value.filter(test);
  });
  /** Pinned runs first, whatever the filter. */
  readonly pinnedRows = computed<readonly NameRow[]>(() => {
    const pins = this.pins.value;
    const names = pins.size === 0 ? [] : this.ordered.value.filter((name) => pins.has(name));
    return names.map((name, i) => ({
      kind: "name",
      key: `name ${name}`,
      name,
      label: name,
      level: 1,
      siblings: names.length,
      place: i + 1,
    }));
  });
  readonly rows = computed<readonly TreeRow[]>(() => {
    const pins = this.pins.value;
    const names = pins.size === 0 ? this.shown.value : this.shown.value.filter((name) => !pins.has(name));
    return [...this.pinnedRows.value, ...treeRows(names, this.groups(), new Set(this.closed.value))];
  });
  /** The folders that all listed names begin with: what is left of a name tells it from the others. */
  readonly common = computed(() => commonFolder([...this.pins.value, ...this.shown.value]));
  /** The run that alone is shown for now. */
  readonly solo = computed(() => {
    const { checked } = this.source.choice.value;
    const run = this.soloed.value?.run;
    return run !== undefined && checked.length === 1 && checked[0] === run ? run : null;
  });

  private readonly soloed = signal<Solo | null>(null);
  private readonly names: ReadonlySignal<readonly string[]>;
  private readonly ordered: ReadonlySignal<readonly string[]>;

  constructor(private readonly source: RunsSource) {
    this.names = steadyNames(source.runs);
    const byNames = computed(() => naturalOrder(this.names.value, (name) => name));
    this.ordered = computed(() => {
      const order = this.order.value;
      const figures = order === "name" ? null : this.figures(order);
      return orderRuns(byNames.value, figures, this.backwards.value);
    });
  }

  check(names: readonly string[], on: boolean): void {
    this.source.pick(checkRuns(this.source.choice.value, names, on));
  }

  invert(): void {
    this.source.pick(invertRuns(this.source.choice.value, this.shown.value));
  }

  /** Shows only this run; again, what was shown before. */
  toggleSolo(run: string): void {
    const choice = this.source.choice.value;
    const before = this.soloed.value?.before;
    if (this.solo.value === run && before) {
      this.soloed.value = null;
      this.source.pick({ ...choice, focus: before.focus, checked: before.checked });
      return;
    }
    // From one solo to the next, what comes back is what was before the first.
    this.soloed.value = { run, before: this.solo.value !== null && before ? before : choice };
    this.source.pick(onlyRun(choice, run));
  }

  togglePin(run: string): void {
    const { pinned } = this;
    pinned.value = this.pins.value.has(run)
      ? pinned.value.filter((name) => name !== run)
      : [...pinned.value, run];
  }

  setOpen(group: GroupRow, open: boolean): void {
    const others = this.closed.value.filter((path) => path !== group.path);
    this.closed.value = open ? others : [...others, group.path];
  }

  openAll(): void {
    this.closed.value = [];
  }

  closeAll(): void {
    this.closed.value = groupPaths(this.ordered.value, this.groups());
  }

  private groups(): Grouping {
    const by = this.grouping.value;
    if (by !== "pattern") return { by };
    const pattern = this.groupPattern.value === "" ? "" : compilePattern(this.groupPattern.value);
    return pattern instanceof RegExp ? { by: pattern } : { by: "none" };
  }

  /** What the runs are to be sorted by; the larger first. */
  private figures(order: Exclude<RunOrder, "name">): ReadonlyMap<string, number> {
    const { runs, alertCounts } = this.source;
    if (order === "start") return new Map(runs.value?.runs.map((run) => [run.name, run.startTime]));
    if (order === "alerts") return new Map([...alertCounts.value].map(([run, { count }]) => [run, count]));
    const said = this.source.polarities.value.get(this.source.choice.value.tag ?? "");
    return goodness(this.infos.value, said ?? null);
  }
}

/** The same list again while the names are the same, for what is made of them takes a while. */
function steadyNames(runs: ReadonlySignal<Runs | null>): ReadonlySignal<readonly string[]> {
  let last: readonly string[] = [];
  return computed(() => {
    const now = (runs.value?.runs ?? []).map(({ name }) => name);
    if (now.length !== last.length || now.some((name, i) => name !== last[i])) last = now;
    return last;
  });
}
