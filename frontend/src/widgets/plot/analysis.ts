import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Tagged } from "../../api/client.ts";
import type { Progress } from "../../api/progress.ts";
import { Latest } from "../../data/latest.ts";
import { Answer } from "../answer.ts";
import type { Workspace } from "../workspace.ts";

/** What every answer of an analysis says beside what it found. */
export interface Analysed {
  /** Null: it is of all data there were. */
  readonly progress: Progress | null;
}

type Ask<Query, Found> = (query: Query, etag: string, signal: AbortSignal) => Promise<Tagged<Found> | null>;

/** What the server computes for a widget: asked anew as the question or the data change. */
export class Analysis<Query, Found extends Analysed> {
  private readonly taken = new Answer<Found>();
  private readonly answered = signal<Query | null>(null);
  private readonly latest: Latest<Query, Found>;

  /** What is asked; null: nothing. */
  readonly query: ReadonlySignal<Query | null>;
  /** The last one there was, of this question or of the one before. */
  readonly answer = this.taken.known;
  /** What the API said where it could not answer. */
  readonly refusal = this.taken.refusal;
  /** Null while nothing is computed. */
  readonly progress: ReadonlySignal<Progress | null>;
  /** Whether what there is answers another question. */
  readonly isOld: ReadonlySignal<boolean>;

  /** `query` reads signals; `restMs` is how long an answer is good enough, however fast the data grow. */
  constructor(
    private readonly workspace: Pick<Workspace, "version">,
    query: () => Query | null,
    ask: Ask<Query, Found>,
    restMs = 1000,
  ) {
    this.query = computed(query);
    this.progress = computed(() => this.answer.value?.progress ?? null);
    this.isOld = computed(
      () =>
        this.answer.value !== null &&
        JSON.stringify(this.answered.value) !== JSON.stringify(this.query.value),
    );
    this.latest = new Latest<Query, Found>(
      async (subject, etag, abort) => {
        const found = await ask(subject, etag, abort);
        return found && { ...found, isComplete: found.answer.progress === null };
      },
      {
        answered: (found, subject) =>
          batch(() => {
            this.answered.value = subject;
            this.taken.take(found);
          }),
        failed: (error) => this.taken.fail(error),
      },
      restMs,
    );
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
}
