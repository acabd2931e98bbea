import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { argumentsPath, decodeArguments, type RunArguments } from "../../api/arguments.ts";
import { Latest } from "../../data/latest.ts";
import { Answer } from "../answer.ts";
import { steady } from "../series.ts";
import type { Workspace } from "../workspace.ts";
import { type ArgumentRow, matching, rowsOf } from "./rows.ts";
import type { ArgumentsSettings } from "./settings.ts";

// More columns than these nobody compares, and a page with all of them is slow.
export const MOST_RUNS_SHOWN = 60;

// Arguments come at the begin of a run and hardly ever later.
const REST_MS = 4000;

/** The arguments of the checked runs, the one in focus first. */
export class ArgumentsModel {
  private readonly asked = new Answer<readonly RunArguments[]>();

  readonly query = signal("");
  readonly answer = this.asked.known;
  readonly refusal = this.asked.refusal;
  readonly runs: ReadonlySignal<readonly string[]>;
  /** Those of `runs` that are known to have any. */
  readonly shown: ReadonlySignal<readonly RunArguments[]>;
  readonly all: ReadonlySignal<readonly ArgumentRow[]>;
  readonly rows: ReadonlySignal<readonly ArgumentRow[]>;
  private readonly latest: Latest<readonly string[], readonly RunArguments[]>;

  constructor(
    private readonly workspace: Workspace,
    settings: Signal<ArgumentsSettings>,
  ) {
    this.runs = steady(() => {
      const { focus, checked } = workspace.choice.value;
      const chosen = new Set(checked);
      const names = (workspace.runs.value?.runs ?? []).map(({ name }) => name);
      return names
        .filter((name) => chosen.has(name))
        .sort((a, b) => Number(b === focus) - Number(a === focus))
        .slice(0, MOST_RUNS_SHOWN);
    });
    this.shown = computed(() => {
      const known = new Map(this.answer.value?.filter(hasAny).map((one) => [one.run, one]));
      return this.runs.value.flatMap((run) => known.get(run) ?? []);
    });
    this.all = computed(() => rowsOf(this.shown.value));
    this.rows = computed(() => matching(this.all.value, this.query.value, settings.value.onlyDifferences));
    this.latest = new Latest<readonly string[], readonly RunArguments[]>(
      async (runs, etag, signal) => {
        const found = await workspace.client.tagged(argumentsPath(runs), etag, decodeArguments, signal);
        return found && { ...found, isComplete: true };
      },
      { answered: (answer) => this.asked.take(answer), failed: (error) => this.asked.fail(error) },
      REST_MS,
    );
  }

  /** Asks for as long as it is not told to stop. */
  follow(): () => void {
    const stop = effect(() => {
      // In any order: another run in focus is no other question.
      const [subject, version] = [[...this.runs.value].sort(), this.workspace.version.value];
      this.latest.want(subject.length > 0 ? { subject, version } : null);
    });
    return () => {
      stop();
      this.latest.close();
    };
  }
}

const hasAny = ({ values }: RunArguments): boolean => values.size > 0;
