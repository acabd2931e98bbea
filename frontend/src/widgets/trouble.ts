import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { Unreachable } from "../api/errors.ts";

/** When who gave no answer is asked again. */
export const RETRY_MS = 2000;

/** What the API said where it could not answer; null where no answer came at all, which the tab says elsewhere. */
export function refusalOf(error: unknown): string | null {
  if (error instanceof Unreachable) return null;
  return error instanceof Error ? error.message : String(error);
}

/** What goes wrong as a chart loads: a refusal is kept until something else is asked for, silence is asked again. */
export class Trouble {
  /** What the API said where it could not answer. */
  readonly refusal = signal<string | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly retry: () => void) {}

  failed(error: unknown): void {
    const refusal = refusalOf(error);
    if (refusal !== null) {
      this.refusal.value = refusal;
      return;
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(this.retry, RETRY_MS);
  }

  /**
   * Forgets what was refused as soon as something else is asked for, until the returned function is called. A new
   * version alone does not take away what the API said: it would come back in a moment.
   */
  follow(...asked: readonly ReadonlySignal<unknown>[]): () => void {
    return effect(() => {
      for (const one of asked) void one.value;
      this.refusal.value = null;
    });
  }

  close(): void {
    clearTimeout(this.timer);
  }
}
