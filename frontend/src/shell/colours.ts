import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { RunInfo, Runs } from "../api/types.ts";
import { assignColours, type ColourScheme } from "../base/colour.ts";
import { isName, MOST_RUNS } from "./picks.ts";
import { kept } from "./storage.ts";

/** Runs with the colours that a person gave them; pairs, for a name may be any text. */
export type EditedColours = readonly (readonly [run: string, colour: string])[];

const COLOUR = /^#[0-9a-f]{6}$/i;

/** From what was stored or came with a link. */
export const editedIn = (stored: unknown): EditedColours =>
  (Array.isArray(stored) ? stored : [])
    .filter(
      (pair): pair is [string, string] =>
        Array.isArray(pair) && isName(pair[0]) && typeof pair[1] === "string" && COLOUR.test(pair[1]),
    )
    .slice(0, MOST_RUNS);

/** Those of which nobody knows when they began come last; of the rest, equally old ones stay as they are listed. */
function oldestFirst(runs: readonly RunInfo[]): readonly RunInfo[] {
  const known = runs.filter(({ startTime }) => !Number.isNaN(startTime));
  const others = runs.filter(({ startTime }) => Number.isNaN(startTime));
  return [...known.sort((a, b) => a.startTime - b.startTime), ...others];
}

/** A colour for each run: the one that it was given by hand, else one of its own. */
export class RunColours {
  readonly edited = kept("localStorage", "run-colours", editedIn);
  readonly all: ReadonlySignal<ReadonlyMap<string, string>>;

  // Who is earlier in it never changes colour for who comes later.
  private readonly queue = signal<ReadonlySet<string>>(new Set());
  private settled = false;
  /** What came with a link: shown before a person's own, and never stored. */
  private readonly lent = signal<EditedColours>([]);

  constructor(scheme: ReadonlySignal<ColourScheme>) {
    const assigned = computed(() => assignColours(this.queue.value, scheme.value));
    this.all = computed(() => {
      const chosen = [...this.edited.value, ...this.lent.value];
      return chosen.length === 0 ? assigned.value : new Map([...assigned.value, ...chosen]);
    });
  }

  /** Takes up runs that are new. */
  admit({ runs, loading }: Runs): void {
    // While event files are read runs come in any order; only then are their colours the same on every reload.
    const known = this.settled ? this.queue.peek() : new Set<string>();
    this.settled ||= loading.done >= loading.total;
    const fresh = runs.filter(({ name }) => !known.has(name));
    if (fresh.length === 0) return;
    this.queue.value = new Set([...known, ...oldestFirst(fresh).map(({ name }) => name)]);
  }

  /** Gives a run a colour; null: its own again. */
  edit(run: string, colour: string | null): void {
    const others = this.edited.value.filter(([name]) => name !== run);
    batch(() => {
      this.lent.value = this.lent.value.filter(([name]) => name !== run);
      this.edited.value = colour === null ? others : [...others, [run, colour]];
    });
  }

  /** For a link: the colours that some of these runs were given. */
  editedOf(runs: readonly string[]): EditedColours {
    const wanted = new Set(runs);
    return [...new Map([...this.edited.value, ...this.lent.value])].filter(([run]) => wanted.has(run));
  }

  lend(colours: EditedColours): void {
    this.lent.value = colours;
  }
}
