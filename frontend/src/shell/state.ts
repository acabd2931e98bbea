import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { Client } from "../api/client.ts";
import { Unreachable } from "../api/errors.ts";
import type { RunInfo, Runs } from "../api/types.ts";
import { assignColours, FALLBACK } from "../base/colour.ts";
import type { ThemeName } from "../chart/theme.ts";
import { type Choice, checkRuns, focusRun, hasTag, isLoss, pickTag, settle, tagsOf } from "../data/choice.ts";
import { Poller } from "../data/poller.ts";
import { hasPlace, type KnownSeries, readSettings } from "../widgets/candles/settings.ts";
import { readSession, writeSession } from "./storage.ts";
import { followTheme } from "./theme.ts";

/** More lines than this in one chart are a tangle, and slow to draw. */
export const MOST_RUNS_DRAWN = 25;

const NOTHING: Choice = { focus: null, checked: [], tag: null };

/** What the whole tab knows and what was picked in it. */
export class AppState {
  readonly client: Client;
  readonly theme: ReadonlySignal<ThemeName> = followTheme();
  readonly runs = signal<Runs | null>(null);
  /** Since the host does not answer: when it is asked next, on the clock of `Date.now`. */
  readonly failure = signal<{ readonly retryAt: number } | null>(null);
  /** What TensorBoard reads; null until it is known, empty where it can't be. */
  readonly logdir = signal<string | null>(null);
  readonly sidebarOpen = signal(false);
  readonly settings = signal(readSettings(readSession()));
  readonly choice: ReadonlySignal<Choice>;
  readonly colours = signal<ReadonlyMap<string, string>>(new Map());
  readonly version = computed(() => this.runs.value?.version ?? "");
  readonly tags = computed(() => tagsOf(this.choice.value, this.runs.value?.runs ?? []));
  /** Checked runs that have the tag, the one in focus first. */
  readonly drawable = computed(() => this.findDrawable());
  /** How many checked runs have the tag and no place on the axis. */
  readonly unplaced = computed(() => this.checkedWithTag().filter((run) => !this.hasPlace(run)).length);
  readonly series = computed(() => this.sameOr(this.drawable.value.slice(0, MOST_RUNS_DRAWN)));

  private readonly picked = signal<Choice>(readChoice());
  // Until a person picks something the choice may still improve as more runs are read.
  private touched = this.picked.peek().focus !== null;
  private coloursKept = false;
  private askingLogdir = false;
  private readonly poller: Poller;
  private lastSeries: readonly KnownSeries[] = [];

  constructor(base: URL) {
    this.client = new Client(base);
    this.choice = computed(() => settle(this.picked.value, this.runs.value?.runs ?? []));
    this.poller = new Poller(this.client, {
      changed: (runs) => this.changed(runs),
      reached: () => {
        this.failure.value = null;
        void this.askLogdir();
      },
      failed: (_error, retryMs) => {
        this.failure.value = { retryAt: Date.now() + retryMs };
      },
    });
    effect(() => writeSession({ ...this.settings.value, ...this.picked.value }));
  }

  start(): void {
    this.poller.start();
    document.addEventListener("visibilitychange", () => this.poller.pause(document.hidden));
  }

  focus(run: string): void {
    this.pick(focusRun(this.choice.value, run));
  }

  check(runs: readonly string[], on: boolean): void {
    this.pick(checkRuns(this.choice.value, runs, on));
  }

  showTag(tag: string): void {
    this.pick(pickTag(this.choice.value, tag, this.runs.value?.runs ?? []));
  }

  private async askLogdir(): Promise<void> {
    if (this.askingLogdir || this.logdir.value !== null) return;
    this.askingLogdir = true;
    try {
      this.logdir.value = await this.client.logdir();
    } catch (error) {
      // Without an answer the next poll that gets one asks again.
      if (!(error instanceof Unreachable)) this.logdir.value = "";
    } finally {
      this.askingLogdir = false;
    }
  }

  private pick(choice: Choice): void {
    this.touched = true;
    this.picked.value = choice;
  }

  private changed(runs: Runs): void {
    const oldestFirst = [...runs.runs].sort((a, b) => a.startTime - b.startTime).map((run) => run.name);
    // While event files are read runs come in any order; only then are their colours the same on every reload.
    const known = this.coloursKept ? this.colours.value : undefined;
    this.coloursKept ||= runs.loading.done >= runs.loading.total;
    batch(() => {
      this.runs.value = runs;
      this.colours.value = assignColours(oldestFirst, known);
      if (!this.touched) this.picked.value = firstChoice(this.choice.value);
    });
  }

  // An equal list stays the same list, so that a poll that changes nothing here redraws nothing.
  private sameOr(series: readonly KnownSeries[]): readonly KnownSeries[] {
    if (JSON.stringify(series) !== JSON.stringify(this.lastSeries)) this.lastSeries = series;
    return this.lastSeries;
  }

  private hasPlace(run: RunInfo): boolean {
    return hasPlace(run, this.settings.value);
  }

  /** The run in focus first. */
  private checkedWithTag(): RunInfo[] {
    const { focus, checked, tag } = this.choice.value;
    const chosen = new Set(checked);
    const runs = (this.runs.value?.runs ?? []).filter((run) => chosen.has(run.name) && hasTag(run, tag));
    return runs.sort((a, b) => Number(b.name === focus) - Number(a.name === focus));
  }

  /** The run in focus is there even where it has no place, so that it can be said why. */
  private findDrawable(): KnownSeries[] {
    const { focus, tag } = this.choice.value;
    if (focus === null || tag === null) return [];
    return this.checkedWithTag()
      .filter((run) => run.name === focus || this.hasPlace(run))
      .map(({ name, tags, hasEpochs }) => {
        const info = tags.find((one) => one.tag === tag);
        return {
          run: name,
          tag,
          colour: this.colours.value.get(name) ?? FALLBACK,
          polarity: info?.polarity ?? "lower_is_better",
          unit: info?.unit ?? null,
          resolution: info?.resolution ?? null,
          hasEpochs,
        };
      });
  }
}

/** Keeps the first run and a loss in place while the other checked runs are still being found. */
const firstChoice = ({ focus, tag }: Choice): Choice => ({
  focus,
  checked: [],
  tag: tag !== null && isLoss(tag) ? tag : null,
});

function readChoice(): Choice {
  const { focus, checked, tag } = readSession();
  if (typeof focus !== "string" || !Array.isArray(checked) || checked.length === 0) return NOTHING;
  const names = checked.filter((name): name is string => typeof name === "string");
  return { focus, checked: names, tag: typeof tag === "string" ? tag : null };
}
