import { batch, signal } from "@preact/signals";
import { refusalOf } from "./trouble.ts";

/** What a widget was answered last, or why it was not. */
export class Answer<Known> {
  /** Null until there is one. */
  readonly known = signal<Known | null>(null);
  /** What the API said where it could not answer. */
  readonly refusal = signal<string | null>(null);

  take(answer: Known): void {
    batch(() => {
      this.known.value = answer;
      this.refusal.value = null;
    });
  }

  /** Where no answer came at all, the tab says so, and what is known stays. */
  fail(error: unknown): void {
    const refusal = refusalOf(error);
    if (refusal === null) return;
    batch(() => {
      this.known.value = null;
      this.refusal.value = refusal;
    });
  }
}
