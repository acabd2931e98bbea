import { effect } from "@preact/signals";
import type { Tagged } from "../api/client.ts";
import { Latest, type LatestListener } from "../data/latest.ts";
import type { Workspace } from "./workspace.ts";

const EVERY_MS = 1000;

type Ask<Subject, Found> = (
  subject: Subject,
  etag: string,
  signal: AbortSignal,
) => Promise<Tagged<Found> | null>;

/** What changes without any new data: asked for every second while somebody looks. */
export class Polled<Subject, Found> {
  private readonly latest: Latest<Subject, Found>;

  /** `subject` reads signals; null: nothing is asked. */
  constructor(
    private readonly workspace: Pick<Workspace, "isSeen">,
    private readonly subject: () => Subject | null,
    ask: Ask<Subject, Found>,
    listener: LatestListener<Subject, Found>,
  ) {
    this.latest = new Latest<Subject, Found>(
      async (...asked) => {
        const found = await ask(...asked);
        return found && { ...found, isComplete: true };
      },
      listener,
      EVERY_MS,
      true,
    );
  }

  /** Asks until the returned function is called. */
  follow(): () => void {
    const stop = effect(() => {
      const subject = this.workspace.isSeen.value ? this.subject() : null;
      this.latest.want(subject === null ? null : { subject, version: "" });
    });
    return () => {
      stop();
      this.latest.close();
    };
  }
}
