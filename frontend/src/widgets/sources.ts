import type { RunInfo } from "../api/types.ts";
import type { Workspace } from "./workspace.ts";

/** Something that a run logged which is more than numbers, under one tag. */
export interface SourceAt {
  readonly run: string;
  readonly tag: string;
}

/** What was picked; null: what comes first. */
interface Wish {
  readonly run: string | null;
  readonly tag: string | null;
}

/** What the checked runs have logged of a kind, the run in focus first. */
export function sourcesOf(
  { runs, choice }: Pick<Workspace, "runs" | "choice">,
  kind: string,
): readonly SourceAt[] {
  const { checked, focus } = choice.value;
  const isChecked = new Set(checked);
  const tagsOf = ({ records }: RunInfo) => Object.keys(records[kind] ?? {}).sort();
  return (runs.value?.runs ?? [])
    .filter(({ name }) => isChecked.has(name))
    .sort((a, b) => Number(b.name === focus) - Number(a.name === focus))
    .flatMap((run) => tagsOf(run).map((tag) => ({ run: run.name, tag })));
}

/** What was picked where it is there, else what comes nearest to it. */
export function chosen(sources: readonly SourceAt[], { run, tag }: Wish): SourceAt | null {
  const ofRun = sources.filter((one) => one.run === run);
  const some = ofRun.length > 0 ? ofRun : sources;
  return some.find((one) => one.tag === tag) ?? some[0] ?? null;
}

/** The step that comes nearest to one; null: the last. */
export function nearest(steps: readonly number[], wanted: number | null): number {
  if (wanted === null) return steps.at(-1) ?? Number.NaN;
  return steps.reduce(
    (best, step) => (Math.abs(step - wanted) < Math.abs(best - wanted) ? step : best),
    steps[0] ?? Number.NaN,
  );
}
