import { Unreachable } from "../api/errors.ts";
import { backoffMs } from "./poller.ts";

const INCOMPLETE_MS = 1000;

// What is looked at anew after every logged step would keep the server from its other work.
const GROWING_MS = 4000;

/**
 * Asks a question whenever its answer may be another one: at once where it is a new question, soon again
 * while the answer is not complete, and now and then while the data grows.
 */
export class Watch {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private controller: AbortController | null = null;
  private isStale = false;
  private isPaused = false;
  private failures = 0;

  /** `ask` says whether the answer is complete. */
  constructor(private readonly ask: (signal: AbortSignal) => Promise<boolean>) {}

  /** Asks at once, whatever is under way. */
  now(): void {
    this.controller?.abort();
    this.controller = null;
    this.isStale = true;
    this.next(0);
  }

  /** The data is not what it was when it was asked last. */
  stale(): void {
    this.isStale = true;
    if (this.controller === null && this.timer === undefined) this.next(GROWING_MS);
  }

  pause(paused: boolean): void {
    if (this.isPaused === paused) return;
    this.isPaused = paused;
    this.next(0);
  }

  close(): void {
    this.controller?.abort();
    this.controller = null;
    this.isStale = false;
    clearTimeout(this.timer);
  }

  private next(afterMs: number): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.isPaused || !this.isStale || this.controller !== null) return;
    this.timer = setTimeout(() => void this.run(), afterMs);
  }

  private async run(): Promise<void> {
    const controller = new AbortController();
    this.timer = undefined;
    this.controller = controller;
    this.isStale = false;
    const waitMs = await this.outcome(controller.signal);
    // Another question took its place meanwhile.
    if (this.controller !== controller) return;
    this.controller = null;
    this.next(waitMs);
  }

  /** How long to wait until the next time, if there is one. */
  private async outcome(signal: AbortSignal): Promise<number> {
    try {
      const isComplete = await this.ask(signal);
      this.failures = 0;
      if (isComplete) return GROWING_MS;
      if (!signal.aborted) this.isStale = true;
      return INCOMPLETE_MS;
    } catch (error) {
      if (signal.aborted) return 0;
      if (!(error instanceof Unreachable)) throw error;
      this.isStale = true;
      this.failures += 1;
      return backoffMs(this.failures);
    }
  }
}
