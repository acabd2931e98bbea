import { signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import { FETCHING } from "../base/words/fetching.ts";

/** Code that is fetched once, and what became of it. */
export class Fetching<Props extends object> {
  readonly part = signal<FunctionComponent<Props> | null>(null);
  readonly problem = signal<string | null>(null);
  private isAsked = false;

  constructor(private readonly fetchPart: () => Promise<FunctionComponent<Props>>) {}

  async start(): Promise<void> {
    if (this.isAsked) return;
    this.isAsked = true;
    try {
      const part = await this.fetchPart();
      this.part.value = part;
    } catch (error) {
      // The server is gone, or has another version of this tab by now: whoever looks has to know.
      this.problem.value = error instanceof Error ? error.message : String(error);
    }
  }
}

export const NotFetched = ({ problem }: { readonly problem: string }) => (
  <div class="widget-blank" role="alert">
    <p>{FETCHING.failed}</p>
    <p>
      <bdi>{problem}</bdi>
    </p>
    {/* Browsers do not fetch a module again that they could not get once. */}
    <button type="button" class="plain" onClick={() => window.location.reload()}>
      {FETCHING.reload}
    </button>
  </div>
);

const waiting: { start(): Promise<void> }[] = [];

/** Fetches what was left out of the first draw, so that it is there before anybody asks for it. */
export function fetchAhead(): void {
  for (const fetching of waiting.splice(0)) void fetching.start();
}

/** A part of the tab that nobody sees before a press on something, and that the first draw does not wait for. */
export function fetched<Props extends object>(
  fetchPart: () => Promise<FunctionComponent<Props>>,
): FunctionComponent<Props> {
  const fetching = new Fetching(fetchPart);
  const { part, problem } = fetching;
  waiting.push(fetching);
  return (props) => {
    const Part = part.value;
    useEffect(() => void fetching.start(), []);
    if (Part !== null) return <Part {...props} />;
    return problem.value === null ? null : <NotFetched problem={problem.value} />;
  };
}
