import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { SentCommand, Training } from "../../api/control.ts";
import { GaveUp, Refused, Unreachable } from "../../api/errors.ts";
import { asRecord, asText } from "../../api/json.ts";
import type { CommandName, ParameterValue } from "../../base/training.ts";
import { steady } from "../series.ts";
import { Trainings } from "../trainings.ts";
import type { Workspace } from "../workspace.ts";
import type { ControlSettings } from "./settings.ts";

/** One training, and what it is told. */
export class ControlModel {
  readonly run: ReadonlySignal<string | null>;
  readonly trainings: Trainings;
  readonly training: ReadonlySignal<Training | null>;
  /** What became of the commands, the newest first. */
  readonly history: ReadonlySignal<readonly SentCommand[]>;
  /** Why the last command was not sent to it, in the server's words. */
  readonly problem: ReadonlySignal<string | null>;
  /** The commands that are on their way to the server. */
  private readonly underway = new Set<string>();
  private last: Promise<unknown> = Promise.resolve();
  private readonly notSent = signal<{ readonly run: string; readonly words: string } | null>(null);
  /** What the server has not told of so far. */
  private readonly sent = signal<readonly (SentCommand & { readonly run: string })[]>([]);

  constructor(
    private readonly workspace: Workspace,
    settings: Signal<ControlSettings>,
  ) {
    this.run = computed(() => settings.value.run ?? workspace.choice.value.focus);
    this.trainings = new Trainings(
      workspace,
      steady(() => (this.run.value === null ? [] : [this.run.value])),
    );
    this.training = computed(() => this.trainings.of(this.run.value));
    this.problem = computed(() => {
      const notSent = this.notSent.value;
      return notSent?.run === this.run.value ? notSent.words : null;
    });
    this.history = computed(() => {
      const known = this.training.value?.commands ?? [];
      const names = new Set(known.map(({ id }) => id));
      // What was sent just now is shown before the server tells of it.
      const own = this.sent.value.filter(({ id, run }) => run === this.run.value && !names.has(id));
      return [...own, ...known].sort((a, b) => b.sentTime - a.sentTime);
    });
  }

  /** Asks until the returned function is called. */
  follow(): () => void {
    const stops = [this.trainings.follow(), this.forgetTold()];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** The server tells of the last commands alone: what it told of once is not on its way once more. */
  private forgetTold(): () => void {
    return effect(() => {
      const told = new Set(this.training.value?.commands.map(({ id }) => id));
      const left = this.sent.value.filter(({ id }) => !told.has(id));
      if (left.length < this.sent.value.length) this.sent.value = left;
    });
  }

  /** Orders go one after the other; the same one twice, by a double click, goes once. */
  send(command: CommandName, name?: string, value?: ParameterValue): Promise<boolean> {
    const run = this.run.peek();
    const order = JSON.stringify([run, command, name, value]);
    if (run === null || this.underway.has(order)) return Promise.resolve(false);
    this.underway.add(order);
    const sent = this.last
      .then(() => this.sendNow(run, command, name, value))
      .finally(() => this.underway.delete(order));
    this.last = sent.catch(() => false);
    return sent;
  }

  private async sendNow(
    run: string,
    command: CommandName,
    name: string | undefined,
    value: ParameterValue | undefined,
  ): Promise<boolean> {
    this.notSent.value = null;
    try {
      const set = name === undefined ? {} : { name, value };
      const answer = await this.workspace.rights.change("control", "control", { run, command, ...set });
      this.took(run, asText(asRecord(answer).id), command, name ?? null, value ?? null);
      return true;
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Unreachable || error instanceof GaveUp)) throw error;
      if (!(error instanceof GaveUp)) this.notSent.value = { run, words: error.message };
      return false;
    }
  }

  private took(
    run: string,
    id: string,
    command: CommandName,
    name: string | null,
    value: ParameterValue | null,
  ): void {
    const unknown = { by: "", message: "", step: Number.NaN, answeredTime: Number.NaN };
    const sent = { run, id, command, name, value, sentTime: Date.now() / 1000, state: "sent" as const };
    this.sent.value = [{ ...sent, ...unknown }, ...this.sent.value.slice(0, MOST_SENT)];
  }
}

// The server tells of them within a second.
const MOST_SENT = 20;

/** Whether a training in such a state can be told anything. */
export const isAlive = (training: Training | null): boolean =>
  training !== null && ["running", "paused", "stopping"].includes(training.state);
