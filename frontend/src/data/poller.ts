import type { Client } from "../api/client.ts";
import type { Runs } from "../api/types.ts";

/** What was flushed is to be seen within a second: the server looks five times in that time, this twice. */
const POLL_MS = 400;
const RETRY_MS = 1000;
const LONGEST_WAIT_MS = 15_000;

export interface PollListener {
  /** Something changed since the last answer. */
  changed(runs: Runs): void;
  /** An answer came, changed or not. */
  reached(): void;
  failed(error: unknown, retryMs: number): void;
}

/** Milliseconds to wait after so many failures in a row: 1, 2, 4 … 15 s. */
export const backoffMs = (failures: number): number =>
  Math.min(LONGEST_WAIT_MS, RETRY_MS * 2 ** Math.max(0, failures - 1));

/**
 * Asks for the runs more than twice a second, rests while nobody looks, and asks less often while nobody answers.
 *
 * While nothing changes an answer is a 304 of a few bytes. No request is held until something does: a browser
 * opens six connections to a host, of all its tabs together, and a few that are held would starve the others.
 */
export class Poller {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private paused = false;
  private asking = false;
  private closed = false;

  constructor(
    private readonly client: Pick<Client, "runs">,
    private readonly listener: PollListener,
    /** Runs that are on the screen. */
    private readonly watching: () => readonly string[] = () => [],
  ) {}

  start(): void {
    void this.ask();
  }

  pause(paused: boolean): void {
    if (this.paused === paused) return;
    this.paused = paused;
    clearTimeout(this.timer);
    if (!paused) void this.ask();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private async ask(): Promise<void> {
    if (this.asking || this.closed) return;
    this.asking = true;
    clearTimeout(this.timer);
    const askedAt = Date.now();
    try {
      const runs = await this.client.runs(this.watching());
      this.failures = 0;
      this.listener.reached();
      if (runs !== null) this.listener.changed(runs);
    } catch (error) {
      this.failures += 1;
      this.listener.failed(error, backoffMs(this.failures));
    } finally {
      this.asking = false;
      this.next(Date.now() - askedAt);
    }
  }

  private next(tookMs: number): void {
    if (this.paused || this.closed) return;
    // Where an answer takes long, as of very many runs, others have to get theirs in between.
    this.timer = setTimeout(
      () => void this.ask(),
      Math.max(this.failures ? backoffMs(this.failures) : POLL_MS, tookMs),
    );
  }
}
