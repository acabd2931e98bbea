import { type ReadonlySignal, signal } from "@preact/signals";
import { controlPath, decodeControl, type Training } from "../api/control.ts";
import { NO_RUN_YET } from "../base/words/training.ts";
import { Answer } from "./answer.ts";
import { Polled } from "./polled.ts";
import type { Workspace } from "./workspace.ts";

// Names of more runs make an address that proxies cut off, and more bars than anybody reads.
export const MOST_TRAININGS = 60;

/** What the trainings of some runs tell of themselves, asked for every second while somebody looks. */
export class Trainings {
  private readonly asked = new Answer<readonly Training[]>();
  /** On the clock of `Date.now`, when the last answer came that said something new. */
  readonly answeredAtMs = signal(0);
  readonly all = this.asked.known;
  readonly refusal = this.asked.refusal;
  private readonly polled: Polled<readonly string[], readonly Training[]>;

  constructor(workspace: Pick<Workspace, "client" | "isSeen">, runs: ReadonlySignal<readonly string[]>) {
    this.polled = new Polled<readonly string[], readonly Training[]>(
      workspace,
      () => (runs.value.length > 0 ? runs.value.slice(0, MOST_TRAININGS) : null),
      (wanted, etag, aborted) => workspace.client.tagged(controlPath(wanted), etag, decodeControl, aborted),
      {
        answered: (answer) => {
          this.answeredAtMs.value = Date.now();
          this.asked.take(answer);
        },
        failed: (error) => this.asked.fail(error),
      },
    );
  }

  /** Asks until the returned function is called. */
  follow(): () => void {
    return this.polled.follow();
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
