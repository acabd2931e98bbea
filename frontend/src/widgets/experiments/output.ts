import { signal } from "@preact/signals";
import type { Stretch, Tagged } from "../../api/client.ts";
import { outputPath } from "../../api/experiments.ts";
import { Answer } from "../answer.ts";
import { Polled } from "../polled.ts";
import type { Workspace } from "../workspace.ts";
import { plain } from "./printed.ts";

const MOST_BYTES = 128 * 1024;

/** The end of what an instance has printed, as it grows. */
export class Output {
  private readonly asked = new Answer<string>();
  /** Null until the first answer. */
  readonly text = this.asked.known;
  readonly refusal = this.asked.refusal;
  /** Whether something before it is not shown. */
  readonly isCut = signal(false);
  private readonly polled: Polled<string, Stretch>;
  private bytes = new Uint8Array();
  private start = 0;
  private end = 0;

  constructor(
    private readonly workspace: Pick<Workspace, "client" | "isSeen">,
    private readonly id: string,
  ) {
    this.polled = new Polled<string, Stretch>(
      workspace,
      () => id,
      (_id, etag, aborted) => this.ask(etag, aborted),
      { answered: (stretch) => this.take(stretch), failed: (error) => this.asked.fail(error) },
    );
  }

  follow(): () => void {
    return this.polled.follow();
  }

  private async ask(etag: string, aborted: AbortSignal): Promise<Tagged<Stretch> | null> {
    const { client } = this.workspace;
    if (etag === "") {
      // From beyond the end only its place comes back.
      const found = await client.stretch(outputPath(this.id, Number.MAX_SAFE_INTEGER), "", aborted);
      this.skipTo((found?.answer.end ?? 0) - MOST_BYTES);
    }
    return client.stretch(outputPath(this.id, this.end), etag, aborted);
  }

  /** What was printed long ago, or while nobody looked, is not asked for. */
  private skipTo(place: number): void {
    if (place <= this.end) return;
    this.bytes = new Uint8Array();
    this.start = place;
    this.end = place;
  }

  private take({ bytes, start, end }: Stretch): void {
    const more = new Uint8Array(bytes);
    const isNext = start === this.end;
    const joined = isNext ? joinedOf(this.bytes, more) : more;
    if (!isNext || end < start) this.start = start;
    this.bytes = joined.slice(Math.max(0, joined.length - MOST_BYTES));
    this.start += joined.length - this.bytes.length;
    this.end = start + more.length;
    this.isCut.value = this.start > 0;
    this.asked.take(plain(new TextDecoder().decode(this.bytes)));
  }
}

function joinedOf(before: Uint8Array, after: Uint8Array): Uint8Array {
  const joined = new Uint8Array(before.length + after.length);
  joined.set(before);
  joined.set(after, before.length);
  return joined;
}
