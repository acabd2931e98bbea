import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { AlertCount } from "../api/alerts.ts";
import { Client } from "../api/client.ts";
import { Unreachable } from "../api/errors.ts";
import type { Runs } from "../api/types.ts";
import type { Polarity } from "../base/polarity.ts";
import type { Picks } from "../dashboard/state.ts";
import { latestCounts } from "../data/alertCounts.ts";
import {
  type Choice,
  checkRuns,
  focusRun,
  hasRecords,
  isLoss,
  pickTag,
  settle,
  tagsOf,
} from "../data/choice.ts";
import { Poller } from "../data/poller.ts";
import type { Stored } from "../widgets/widget.ts";
import type { Crosshair, Place, Workspace } from "../widgets/workspace.ts";
import { editedIn, RunColours } from "./colours.ts";
import { Display } from "./display.ts";
import { choiceIn, detectorsIn, polaritiesIn } from "./picks.ts";
import { TabRights } from "./rights.ts";
import { RunsState } from "./runsState.ts";
import { SidebarState } from "./sidebarState.ts";
import { asFlag, kept, readSession, writeSession } from "./storage.ts";
import { TagsState } from "./tagsState.ts";

const MOST_WATCHED = 50;

/** What the whole tab knows and what was picked in it. */
export class AppState implements Workspace, Picks {
  readonly client: Client;
  readonly display = new Display();
  readonly theme = this.display.theme;
  readonly runs = signal<Runs | null>(null);
  /** Since the host does not answer: when it is asked next, on the clock of `Date.now`. */
  readonly failure = signal<{ readonly retryAt: number } | null>(null);
  readonly rights: TabRights;
  /** What TensorBoard reads; null until it is known, empty where it can't be. */
  readonly logdir = computed(() => this.rights.config.value?.logdir ?? this.unknownLogdir.value);
  readonly sidebar = new SidebarState();
  readonly choice: ReadonlySignal<Choice>;
  readonly polarities = signal(polaritiesIn(readSession()));
  readonly detectors = signal(detectorsIn(readSession()));
  readonly alertCounts = signal<ReadonlyMap<string, AlertCount>>(new Map());
  readonly crosshair = signal<Crosshair | null>(null);
  readonly place = signal<Place | null>(null);
  readonly runColours = new RunColours(this.display.scheme);
  readonly colours = this.runColours.all;
  readonly version = computed(() => this.runs.value?.version ?? "");
  /** Whether there is anything to draw: scalars, or what widgets of their own show. */
  readonly hasAnything = computed(
    () =>
      this.choice.value.tag !== null ||
      (this.runs.value?.runs ?? []).some(hasRecords) ||
      (this.isEntered.value && this.rights.config.value?.launch === true),
  );
  /** How the runs and the tags are listed. */
  readonly list: RunsState;
  readonly tagList: TagsState;

  readonly isSeen = signal(true);
  /** Whether the dashboard was opened before there was anything to draw, to start trainings from there. */
  readonly isEntered = kept("sessionStorage", "entered", asFlag);
  /** Whether what is picked came by a link, and is not what the person picked. */
  private readonly isGuest = signal(false);
  private readonly picked = signal<Choice>(readChoice());
  // Until a person picks something the choice may still improve as more runs are read.
  private touched = this.picked.peek().focus !== null;
  private readonly unknownLogdir = signal<"" | null>(null);
  private knowsConfig = false;
  private readonly poller: Poller;

  constructor(base: URL) {
    this.client = new Client(base);
    this.rights = new TabRights(this.client);
    this.choice = computed(() => settle(this.picked.value, this.runs.value?.runs ?? []));
    this.list = new RunsState(this);
    this.tagList = new TagsState(computed(() => tagsOf(this.choice.value, this.runs.value?.runs ?? [])));
    this.poller = new Poller(
      this.client,
      {
        changed: (runs) => this.changed(runs),
        reached: () => {
          this.failure.value = null;
          void this.askConfig();
        },
        failed: (_error, retryMs) => {
          // Who answers next may be another TensorBoard.
          this.knowsConfig = false;
          this.failure.value = { retryAt: Date.now() + retryMs };
        },
      },
      () => this.choice.peek().checked.slice(0, MOST_WATCHED),
    );
    effect(() => {
      if (this.isGuest.value) return;
      const polarities = Object.fromEntries(this.polarities.value);
      writeSession({ detectors: this.detectors.value, polarities, ...this.picked.value });
    });
  }

  start(): void {
    this.poller.start();
    const look = () => {
      this.poller.pause(document.hidden);
      this.isSeen.value = !document.hidden;
    };
    // A page may be opened where nobody looks, and stay there.
    look();
    document.addEventListener("visibilitychange", look);
    this.countAlerts();
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

  pick(choice: Choice): void {
    this.touched = true;
    this.picked.value = choice;
  }

  setPolarity(tag: string, polarity: Polarity | null): void {
    const polarities = new Map(this.polarities.value);
    if (polarity === null) polarities.delete(tag);
    else polarities.set(tag, polarity);
    this.polarities.value = polarities;
  }

  reveal(place: Place): void {
    batch(() => {
      this.pick(focusRun({ ...this.choice.value, tag: place.tag }, place.run));
      this.place.value = place;
    });
  }

  readPicks(): Stored {
    const colours = this.runColours.editedOf(this.choice.value.checked);
    const polarities = Object.fromEntries(this.polarities.value);
    return { ...this.choice.value, polarities, detectors: this.detectors.value, colours };
  }

  showPicks(stored: Stored): void {
    batch(() => {
      this.pick(choiceIn(stored));
      this.touched = this.picked.value.focus !== null;
      this.polarities.value = polaritiesIn(stored);
      this.detectors.value = detectorsIn(stored);
      this.runColours.lend(editedIn(stored.colours));
    });
  }

  keepPicks(kept: boolean): void {
    this.isGuest.value = !kept;
  }

  /** While somebody looks. */
  private countAlerts(): void {
    const latest = latestCounts(this.client, (counts) => {
      this.alertCounts.value = counts;
    });
    effect(() => {
      const subject = { detectors: this.detectors.value, polarities: [...this.polarities.value] };
      const version = this.version.value;
      latest.want(!this.isSeen.value || version === "" ? null : { subject, version });
    });
  }

  private async askConfig(): Promise<void> {
    if (this.knowsConfig) return;
    this.knowsConfig = true;
    try {
      await this.rights.refresh();
    } catch (error) {
      // Without an answer the next poll that gets one asks again.
      if (error instanceof Unreachable) this.knowsConfig = false;
      else this.unknownLogdir.value = "";
    }
  }

  private changed(runs: Runs): void {
    batch(() => {
      this.runs.value = runs;
      this.runColours.admit(runs);
      if (!this.touched) this.picked.value = firstChoice(this.choice.value);
    });
  }
}

/** Keeps the first run and a loss in place while the other checked runs are still being found. */
const firstChoice = ({ focus, tag }: Choice): Choice => ({
  focus,
  checked: [],
  tag: tag !== null && isLoss(tag) ? tag : null,
});

const readChoice = (): Choice => choiceIn(readSession());
