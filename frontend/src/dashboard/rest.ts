import { computed, type ReadonlySignal } from "@preact/signals";
import type { Workspace } from "../widgets/workspace.ts";

/** What a widget knows of the tab: while it is out of sight it hears of no newer data, and polls for nothing. */
export function restingWorkspace(workspace: Workspace, inSight: ReadonlySignal<boolean>): Workspace {
  return {
    ...workspace,
    version: held(workspace.version, inSight),
    isSeen: computed(() => workspace.isSeen.value && inSight.value),
    // What a class does is not among what can be spread.
    focus: (run) => workspace.focus(run),
    check: (runs, on) => workspace.check(runs, on),
    showTag: (tag) => workspace.showTag(tag),
    setPolarity: (tag, polarity) => workspace.setPolarity(tag, polarity),
    reveal: (place) => workspace.reveal(place),
  };
}

/** What a signal says while `follows`, and the last of it until it does so again. */
function held<Value>(source: ReadonlySignal<Value>, follows: ReadonlySignal<boolean>): ReadonlySignal<Value> {
  let last = source.peek();
  return computed(() => {
    if (follows.value) last = source.value;
    return last;
  });
}
