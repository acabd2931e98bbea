import type { AlertCount, AlertCountsAnswer } from "../api/alerts.ts";
import type { Client } from "../api/client.ts";
import { Refused } from "../api/errors.ts";
import { Watch } from "./watch.ts";

const NOTHING: AlertCountsAnswer = { etag: "", isComplete: true, counts: [] };

/** Keeps up with how many alerts each run has. */
export class AlertCounts {
  private readonly watch = new Watch((signal) => this.ask(signal));
  private detectors: readonly string[] | null = null;
  private etag = "";
  private isComplete = false;

  constructor(
    private readonly client: Pick<Client, "alertCounts">,
    private readonly changed: (counts: ReadonlyMap<string, AlertCount>) => void,
  ) {}

  /** Counts what these find; null: those that look by default. */
  want(detectors: readonly string[] | null): void {
    this.detectors = detectors;
    this.etag = "";
    this.watch.now();
  }

  /** The data has grown. */
  stale(): void {
    this.watch.stale();
  }

  pause(paused: boolean): void {
    this.watch.pause(paused);
  }

  close(): void {
    this.watch.close();
  }

  private async ask(signal: AbortSignal): Promise<boolean> {
    const answer = await this.answer(signal);
    if (answer === null) return this.isComplete;
    this.etag = answer.etag;
    this.isComplete = answer.isComplete;
    this.changed(new Map(answer.counts.map((count) => [count.run, count])));
    return answer.isComplete;
  }

  private async answer(signal: AbortSignal): Promise<AlertCountsAnswer | null> {
    if (this.detectors?.length === 0) return NOTHING;
    try {
      return await this.client.alertCounts(this.detectors, this.etag, signal);
    } catch (error) {
      // Detectors that were stored may be none of this server's; the list of alerts says so.
      if (error instanceof Refused) return NOTHING;
      throw error;
    }
  }
}
