import { computed, type ReadonlySignal } from "@preact/signals";
import type { RunInfo, Series } from "../api/types.ts";
import { FALLBACK } from "../base/colour.ts";
import type { Polarity } from "../base/polarity.ts";
import { hasTag } from "../data/choice.ts";
import type { Workspace } from "./workspace.ts";

/** More lines than this in one chart are a tangle, and slow to draw. */
export const MOST_RUNS_DRAWN = 25;

/** A series, with what is known of it before its points are. */
export interface KnownSeries extends Series {
  readonly colour: string;
  readonly polarity: Polarity;
  readonly unit: string | null;
  readonly resolution: number | null;
  readonly hasEpochs: boolean;
}

/** The checked runs that have a tag, the one in focus first; `tag` null: that which was picked for all widgets. */
export function checkedSeries(workspace: Workspace, tag: string | null): readonly KnownSeries[] {
  const { focus, checked, tag: picked } = workspace.choice.value;
  const wanted = tag ?? picked;
  if (wanted === null) return [];
  const chosen = new Set(checked);
  return (workspace.runs.value?.runs ?? [])
    .filter((run) => chosen.has(run.name) && hasTag(run, wanted))
    .sort((a, b) => Number(b.name === focus) - Number(a.name === focus))
    .map((run) => knownSeries(workspace, run, wanted));
}

function knownSeries(workspace: Workspace, { name, tags, hasEpochs }: RunInfo, tag: string): KnownSeries {
  const info = tags.find((one) => one.tag === tag);
  return {
    run: name,
    tag,
    colour: workspace.colours.value.get(name) ?? FALLBACK,
    polarity: workspace.polarities.value.get(tag) ?? info?.polarity ?? "lower_is_better",
    unit: info?.unit ?? null,
    resolution: info?.resolution ?? null,
    hasEpochs,
  };
}

/** A list that stays the same list while it is equal, so that a poll that changes nothing redraws nothing. */
export function steady<Item>(list: () => readonly Item[]): ReadonlySignal<readonly Item[]> {
  let last: readonly Item[] = [];
  return computed(() => {
    const now = list();
    if (JSON.stringify(now) !== JSON.stringify(last)) last = now;
    return last;
  });
}
