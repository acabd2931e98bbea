import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Comparison, ComparisonQuery } from "../../api/comparison.ts";
import { Unreachable } from "../../api/errors.ts";
import { hasTag } from "../../data/choice.ts";
import { Latest } from "../../data/latest.ts";
import { steady } from "../series.ts";
import type { Workspace } from "../workspace.ts";
import { orderOf } from "./order.ts";
import type { ComparisonSettings } from "./settings.ts";
import { type Prices, pricesOf } from "./smallCandles.ts";

// Proxies take addresses of 8 KB; all runs are asked for where the names of some would be longer.
const MOST_NAMES_CHARACTERS = 6000;

// Ten thousand numbers that change with every step are no use to anybody.
const REST_MS = 1000;

/** The rows of a comparison: what is asked for, what is known, in which order. */
export class ComparisonModel {
  /** Null until there is one. */
  readonly answer = signal<Comparison | null>(null);
  /** Why there is none. */
  readonly refusal = signal<string | null>(null);
  readonly tag: ReadonlySignal<string | null>;
  /** Runs to compare, as they stand in the sidebar. */
  readonly runs: ReadonlySignal<readonly string[]>;
  /** Rows of the answer. */
  readonly order: ReadonlySignal<readonly number[]>;
  /** What is common to all rows; null: each has prices of its own. */
  readonly prices: ReadonlySignal<Prices | null>;

  private readonly query: ReadonlySignal<ComparisonQuery | null>;
  private readonly latest: Latest<ComparisonQuery, Comparison>;

  constructor(
    private readonly workspace: Workspace,
    settings: Signal<ComparisonSettings>,
  ) {
    this.tag = computed(() => settings.value.tag ?? workspace.choice.value.tag);
    this.runs = steady(() => runsWithTag(workspace, this.tag.value, settings.value.which));
    this.query = computed(() => this.queryOf(settings.value));
    this.order = computed(() =>
      this.answer.value ? orderOf(this.answer.value, this.runs.value, settings.value.sort) : [],
    );
    this.prices = computed(() =>
      this.answer.value && settings.value.scale === "common"
        ? pricesOf(this.answer.value.small, this.order.value)
        : null,
    );
    this.latest = new Latest<ComparisonQuery, Comparison>(
      async (query, etag, signal) => {
        const found = await workspace.client.comparison(query, etag, signal);
        return found && { ...found, isComplete: found.answer.isComplete };
      },
      { answered: (answer) => this.take(answer), failed: (error) => this.fail(error) },
      REST_MS,
    );
  }

  /** Whether what is shown is of another tag than is wanted. */
  get isStale(): boolean {
    return this.answer.value !== null && this.answer.value.tag !== this.tag.value;
  }

  /** Asks for as long as it is not told to stop. */
  follow(): () => void {
    const stop = effect(() => {
      const [subject, version] = [this.query.value, this.workspace.version.value];
      this.latest.want(subject && { subject, version });
    });
    return () => {
      stop();
      this.latest.close();
    };
  }

  private queryOf({ which, baseline }: ComparisonSettings): ComparisonQuery | null {
    const [tag, runs] = [this.tag.value, this.runs.value];
    if (tag === null || runs.length === 0) return null;
    const known = this.workspace.runs.value?.runs ?? [];
    const isThere = known.some((run) => run.name === baseline && hasTag(run, tag));
    return {
      tag,
      runs: which === "all" || encodeURIComponent(runs.join()).length > MOST_NAMES_CHARACTERS ? null : runs,
      baseline: isThere ? baseline : null,
      polarity: this.workspace.polarities.value.get(tag) ?? null,
    };
  }

  private take(answer: Comparison): void {
    this.answer.value = answer;
    this.refusal.value = null;
  }

  /** Where no answer came at all, the tab says so, and what is known stays. */
  private fail(error: unknown): void {
    if (error instanceof Unreachable) return;
    this.answer.value = null;
    this.refusal.value = error instanceof Error ? error.message : String(error);
  }
}

function runsWithTag(
  { runs, choice }: Workspace,
  tag: string | null,
  which: ComparisonSettings["which"],
): readonly string[] {
  const checked = new Set(choice.value.checked);
  return (runs.value?.runs ?? [])
    .filter((run) => (which === "all" || checked.has(run.name)) && hasTag(run, tag))
    .map((run) => run.name);
}
