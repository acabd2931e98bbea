import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { GaveUp, Refused, Unreachable } from "../../api/errors.ts";
import {
  decodeExperiments,
  decodeStarted,
  EXPERIMENTS_PATH,
  type Experiment,
  type Experiments,
  type Instance,
} from "../../api/experiments.ts";
import { Answer } from "../answer.ts";
import { Polled } from "../polled.ts";
import type { Workspace } from "../workspace.ts";
import { type Plan, planOf, type Typed, typedOf } from "./form.ts";
import type { ExperimentSettings } from "./settings.ts";

/** What can be asked of an instance. */
export type Action = "stop" | "kill" | "restart" | "resume" | "remove";

/** What may be started, what was, and what stands in the form. */
export class ExperimentsModel {
  private readonly asked = new Answer<Experiments>();
  readonly all = this.asked.known;
  readonly refusal = this.asked.refusal;
  /** That the form is of. */
  readonly experiment: ReadonlySignal<Experiment | null>;
  readonly plan: ReadonlySignal<Plan | null>;
  /** The newest first. */
  readonly instances: ReadonlySignal<readonly Instance[]>;
  readonly name = signal("");
  readonly isSending = signal(false);
  /** Why nothing was started, and why something was not done with one. */
  readonly startProblem = signal<string | null>(null);
  readonly actProblem = signal<{ readonly id: string; readonly words: string } | null>(null);
  /** How many were started by the last press. */
  readonly startedNow = signal<number | null>(null);
  private readonly typed = signal<ReadonlyMap<string, Typed>>(new Map());
  /** Started from here, and not seen among the runs so far. */
  private readonly awaited = signal<readonly string[]>([]);
  private readonly polled: Polled<string, Experiments>;

  constructor(
    private readonly workspace: Workspace,
    private readonly settings: Signal<ExperimentSettings>,
  ) {
    this.experiment = computed(() => {
      const declared = this.all.value?.experiments ?? [];
      return declared.find(({ name }) => name === settings.value.experiment) ?? declared[0] ?? null;
    });
    this.plan = computed(() => this.experiment.value && planOf(this.experiment.value, this.fields.value));
    this.instances = computed(() =>
      [...(this.all.value?.instances ?? [])].sort((a, b) => b.createdTime - a.createdTime),
    );
    this.polled = new Polled<string, Experiments>(
      workspace,
      () => (workspace.rights.config.value?.launch === true ? EXPERIMENTS_PATH : null),
      (path, etag, aborted) => workspace.client.tagged(path, etag, decodeExperiments, aborted),
      { answered: (answer) => this.asked.take(answer), failed: (error) => this.asked.fail(error) },
    );
  }

  /** What was typed into the form that is shown. */
  readonly fields: ReadonlySignal<Typed> = computed(
    () => this.typed.value.get(this.experiment.value?.name ?? "") ?? new Map(),
  );

  /** Asks until the returned function is called, and checks runs that were started here once they are there. */
  follow(): () => void {
    const { workspace } = this;
    const stops = [
      this.polled.follow(),
      effect(() => {
        const known = new Set(workspace.runs.value?.runs.map(({ name }) => name));
        const here = this.awaited.value.filter((run) => known.has(run));
        if (here.length === 0) return;
        this.awaited.value = this.awaited.value.filter((run) => !known.has(run));
        workspace.check(here, true);
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  choose(experiment: string): void {
    this.settings.value = { ...this.settings.value, experiment };
    this.startedNow.value = null;
    this.startProblem.value = null;
  }

  type(name: string, typed: string | readonly string[]): void {
    this.fill(this.experiment.value, new Map([...this.fields.value, [name, typed]]));
  }

  /** Takes the parameters of an instance into the form. */
  copy(instance: Instance): void {
    const found = this.all.value?.experiments.find(({ name }) => name === instance.experiment);
    if (!found) return;
    this.choose(found.name);
    this.fill(found, typedOf(found, instance));
    this.name.value = "";
  }

  private fill(experiment: Experiment | null, typed: Typed): void {
    if (experiment === null) return;
    this.startedNow.value = null;
    this.typed.value = new Map([...this.typed.value, [experiment.name, typed]]);
  }

  async start(): Promise<void> {
    const [experiment, plan, name] = [this.experiment.peek(), this.plan.peek(), this.name.peek().trim()];
    if (experiment === null || plan === null || plan.runs.length === 0 || this.isSending.peek()) return;
    const instances = plan.runs.map((parameters) => ({
      parameters,
      ...(name !== "" && plan.runs.length === 1 ? { name } : {}),
    }));
    this.isSending.value = true;
    this.startProblem.value = null;
    const began = await this.change({ action: "start", experiment: experiment.name, instances });
    this.isSending.value = false;
    if ("problem" in began) {
      this.startProblem.value = began.problem;
      return;
    }
    const ids = new Set(decodeStarted(began.answer));
    this.name.value = "";
    this.startedNow.value = ids.size;
    this.await(ids);
  }

  /** Notes the runs of these as soon as the server tells which they are. */
  private await(ids: ReadonlySet<string>): void {
    const stop = effect(() => {
      const found = (this.all.value?.instances ?? []).filter(({ id }) => ids.has(id));
      if (found.length < ids.size) return;
      this.awaited.value = [...this.awaited.peek(), ...found.map(({ run }) => run)];
      queueMicrotask(() => stop());
    });
  }

  async act(action: Action, { id, run }: Instance): Promise<void> {
    const from = action === "resume" ? { from: "checkpoint" } : action === "restart" ? { from: "start" } : {};
    const asked = action === "resume" ? "restart" : action;
    this.actProblem.value = null;
    const done = await this.change({ action: asked, instances: [id], ...from });
    if ("problem" in done) this.actProblem.value = done.problem === null ? null : { id, words: done.problem };
    else if (asked === "restart") this.awaited.value = [...this.awaited.value, run];
  }

  private async change(
    body: object,
  ): Promise<{ readonly answer: unknown } | { readonly problem: string | null }> {
    try {
      return { answer: await this.workspace.rights.change("launch", EXPERIMENTS_PATH, body) };
    } catch (error) {
      if (error instanceof GaveUp) return { problem: null };
      if (error instanceof Refused || error instanceof Unreachable) return { problem: error.message };
      throw error;
    }
  }
}
