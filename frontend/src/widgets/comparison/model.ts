import { computed, effect, type ReadonlySignal, type Signal } from "@preact/signals";
import {
  type Comparison,
  type ComparisonQuery,
  comparisonPath,
  decodeComparison,
} from "../../api/comparison.ts";
import {
  decodeGroups,
  type GroupCandles,
  type GroupQuery,
  groupsPath,
  type RunGroup,
} from "../../api/groups.ts";
import { assignColours } from "../../base/colour.ts";
import { schemeOf } from "../../chart/theme.ts";
import { hasTag } from "../../data/choice.ts";
import { Latest } from "../../data/latest.ts";
import { Answer } from "../answer.ts";
import { steady } from "../series.ts";
import type { Workspace } from "../workspace.ts";
import { groupsOf } from "./groups.ts";
import { orderOf } from "./order.ts";
import { ofGroups, ofRuns, type Rows } from "./rows.ts";
import type { ComparisonSettings } from "./settings.ts";
import { type Prices, pricesOf } from "./smallCandles.ts";

// Proxies take addresses of 8 KB; all runs are asked for where the names of some would be longer.
const MOST_NAMES_CHARACTERS = 6000;

// More names than these don't fit into one request.
export const MOST_GROUPED_RUNS = 400;

// Of the longest group, so that a short one still has enough for a picture.
const GROUP_CANDLES = 240;

// Ten thousand numbers that change with every step are no use to anybody.
const REST_MS = 1000;

interface TaggedCandles {
  readonly tag: string;
  readonly candles: readonly GroupCandles[];
}

/** The rows of a comparison: what is asked for, what is known, in which order. */
export class ComparisonModel {
  private readonly asked = new Answer<Comparison>();
  private readonly askedGroups = new Answer<TaggedCandles>();

  readonly answer = this.asked.known;
  readonly refusal = this.asked.refusal;
  readonly tag: ReadonlySignal<string | null>;
  /** Runs to compare, as they stand in the sidebar. */
  readonly runs: ReadonlySignal<readonly string[]>;
  /** Null: each run has a row of its own. */
  readonly groups: ReadonlySignal<readonly RunGroup[] | null>;
  /** Why there are no candles over the runs of each group. */
  readonly groupRefusal: ReadonlySignal<string | null>;
  /** Candles over the runs of each group, of the tag that the rows are of. */
  readonly groupCandles = computed(() => {
    const [answer, known] = [this.answer.value, this.askedGroups.known.value];
    return known !== null && known.tag === answer?.tag ? known.candles : [];
  });
  readonly groupColours: ReadonlySignal<ReadonlyMap<string, string>>;
  readonly rows: ReadonlySignal<Rows | null>;
  /** Numbers of the rows from the top on. */
  readonly order: ReadonlySignal<readonly number[]>;
  /** What is common to all rows; null: each has prices of its own. */
  readonly prices: ReadonlySignal<Prices | null>;

  private readonly query: ReadonlySignal<ComparisonQuery | null>;
  private readonly groupQuery: ReadonlySignal<GroupQuery | null>;
  private readonly latest: Latest<ComparisonQuery, Comparison>;
  private readonly latestGroups: Latest<GroupQuery, readonly GroupCandles[]>;

  constructor(
    private readonly workspace: Workspace,
    settings: Signal<ComparisonSettings>,
  ) {
    this.groupRefusal = this.askedGroups.refusal;
    this.tag = computed(() => settings.value.tag ?? workspace.choice.value.tag);
    this.runs = steady(() => runsWithTag(workspace, this.tag.value, settings.value.which));
    this.groups = computed(() => groupsOf(this.runs.value, settings.value.groupBy, settings.value.pattern));
    this.groupColours = computed(() =>
      assignColours(
        (this.groups.value ?? []).map(({ name }) => name),
        schemeOf(workspace.theme.value),
      ),
    );
    this.query = computed(() => this.queryOf(settings.value));
    this.groupQuery = computed(() => this.groupQueryOf());
    this.rows = computed(() => this.rowsOf(settings.value.baseline));
    this.order = computed(() => {
      const [rows, wanted] = [this.rows.value, this.groups.value?.map(({ name }) => name) ?? this.runs.value];
      return rows ? orderOf(rows, wanted, settings.value.sort) : [];
    });
    this.prices = computed(() =>
      this.rows.value && settings.value.scale === "common"
        ? pricesOf(this.rows.value.small, this.order.value)
        : null,
    );
    this.latest = new Latest<ComparisonQuery, Comparison>(
      async (query, etag, signal) => {
        const found = await workspace.client.columns(comparisonPath(query), etag, decodeComparison, signal);
        return found && { ...found, isComplete: found.answer.isComplete };
      },
      { answered: (answer) => this.asked.take(answer), failed: (error) => this.asked.fail(error) },
      REST_MS,
    );
    this.latestGroups = new Latest<GroupQuery, readonly GroupCandles[]>(
      async (query, etag, signal) => {
        const found = await workspace.client.columns(
          groupsPath(query),
          etag,
          (body) => decodeGroups(body, query),
          signal,
        );
        return found && { ...found, isComplete: true };
      },
      {
        answered: (candles, { tag }) => this.askedGroups.take({ tag, candles }),
        failed: (error) => this.askedGroups.fail(error),
      },
      REST_MS,
    );
  }

  /** Whether what is shown is of another tag than is wanted. */
  get isStale(): boolean {
    return this.answer.value !== null && this.answer.value.tag !== this.tag.value;
  }

  /** Whether there are too many runs in groups for pictures of them. */
  get isTooMany(): boolean {
    return this.runs.value.length > MOST_GROUPED_RUNS;
  }

  /** Asks for as long as it is not told to stop. */
  follow(): () => void {
    const stop = effect(() => {
      const [subject, groups, version] = [
        this.query.value,
        this.groupQuery.value,
        this.workspace.version.value,
      ];
      this.latest.want(subject && { subject, version });
      this.latestGroups.want(groups && { subject: groups, version });
    });
    return () => {
      stop();
      this.latest.close();
      this.latestGroups.close();
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

  private groupQueryOf(): GroupQuery | null {
    const [tag, groups] = [this.tag.value, this.groups.value];
    if (tag === null || groups === null || this.isTooMany) return null;
    return { tag, groups, limit: GROUP_CANDLES, polarity: this.workspace.polarities.value.get(tag) ?? null };
  }

  private rowsOf(baseline: string | null): Rows | null {
    const [answer, groups] = [this.answer.value, this.groups.value];
    if (answer === null) return null;
    return groups ? ofGroups(answer, groups, this.groupCandles.value, baseline) : ofRuns(answer);
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
