import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { controlPath, decodeControl, type Training } from "../api/control.ts";
import { NO_RUN_YET } from "../base/words/training.ts";
import { Latest } from "../data/latest.ts";
import { Answer } from "./answer.ts";
import type { Workspace } from "./workspace.ts";

const EVERY_MS = 1000;

// Names of more runs make an address that proxies cut off, and more bars than anybody reads.
export const MOST_TRAININGS = 60;

/** What the trainings of some runs tell of themselves, asked for every second while somebody looks. */
export class Trainings {
  private readonly asked = new Answer<readonly Training[]>();
  /** On the clock of `Date.now`, when the last answer came that said something new. */
  readonly answeredAtMs = signal(0);
  readonly all = this.asked.known;
  readonly refusal = this.asked.refusal;
  private readonly latest: Latest<readonly string[], readonly Training[]>;

  constructor(
    private readonly workspace: Pick<Workspace, "client" | "isSeen">,
    private readonly runs: ReadonlySignal<readonly string[]>,
  ) {
    this.latest = new Latest<readonly string[], readonly Training[]>(
      async (wanted, etag, aborted) => {
        const found = await workspace.client.tagged(controlPath(wanted), etag, decodeControl, aborted);
        // There is always more to come.
        return found && { ...found, isComplete: false };
      },
      {
        answered: (answer) => {
          this.answeredAtMs.value = Date.now();
          this.asked.take(answer);
        },
        failed: (error) => this.asked.fail(error),
      },
      EVERY_MS,
      EVERY_MS,
    );
  }

  /** Asks until the returned function is called. */
  follow(): () => void {
    const stop = effect(() => {
      const subject = this.runs.value.slice(0, MOST_TRAININGS);
      const isAsked = this.workspace.isSeen.value && subject.length > 0;
      this.latest.want(isAsked ? { subject, version: "" } : null);
    });
    return () => {
      stop();
      this.latest.close();
    };
  }

  of(run: string | null): Training | null {
    return this.all.value?.find((one) => one.run === run) ?? null;
  }

  /** How long ago it told anything, by now. */
  heardSecsAgo({ heardSecsAgo }: Training, nowMs: number): number {
    return heardSecsAgo + Math.max(0, nowMs - this.answeredAtMs.value) / 1000;
  }
}

/** The checked runs, the one in focus first. */
export function checkedRuns({ choice }: Pick<Workspace, "choice">): readonly string[] {
  const { focus, checked } = choice.value;
  return [...checked].sort((a, b) => Number(b === focus) - Number(a === focus));
}

/** Why nothing is shown where no run is checked: `unchecked`, unless there is none that could be. */
export const whyNoRuns = ({ runs }: Pick<Workspace, "runs">, unchecked: string): string =>
  runs.value?.runs.length === 0 ? NO_RUN_YET : unchecked;
