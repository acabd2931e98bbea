import { computed, type ReadonlySignal, type Signal } from "@preact/signals";
import {
  decodeTrajectory,
  type Trajectory,
  type TrajectoryAnswer,
  type TrajectoryQuery,
  trajectoryPath,
} from "../../api/trajectory.ts";
import type { RunInfo } from "../../api/types.ts";
import type { Table } from "../../base/table.ts";
import { hasTag, tagsOf } from "../../data/choice.ts";
import { Analysis } from "../plot/analysis.ts";
import { steady } from "../series.ts";
import type { Workspace } from "../workspace.ts";
import type { DynamicsSettings } from "./settings.ts";

/** More paths than these hide each other. */
export const MOST_PATHS = 12;
const LIMIT = 1500;

/** What is asked of the server, and what is along each axis. */
export class DynamicsModel {
  /** Of the axes, as far as there are any: two or three. */
  readonly tags: ReadonlySignal<readonly string[]>;
  /** Checked runs that have them all. */
  readonly runs: ReadonlySignal<readonly string[]>;
  readonly analysis: Analysis<TrajectoryQuery, TrajectoryAnswer>;

  constructor(workspace: Workspace, settings: Signal<DynamicsSettings>) {
    this.tags = steady(() => axisTags(workspace, settings.value.tags));
    this.runs = steady(() => {
      const wanted = settings.value.axes === "metrics" ? this.tags.value : [];
      return checkedRuns(workspace)
        .filter((run) => wanted.every((tag) => hasTag(run, tag)))
        .map(({ name }) => name);
    });
    const query = computed(() => this.query(settings.value));
    this.analysis = new Analysis<TrajectoryQuery, TrajectoryAnswer>(
      workspace,
      () => query.value,
      (asked, etag, signal) =>
        workspace.client.columns(trajectoryPath(asked), etag, decodeTrajectory, signal),
    );
  }

  private query({ axes, window }: DynamicsSettings): TrajectoryQuery | null {
    const runs = this.runs.value.slice(0, MOST_PATHS);
    if (runs.length === 0 || this.tags.value.length < 2) return null;
    return { runs, axes, tags: axes === "metrics" ? this.tags.value : [], window, limit: LIMIT };
  }
}

/** Checked runs, the one in focus first. */
function checkedRuns({ runs, choice }: Workspace): readonly RunInfo[] {
  const { checked, focus } = choice.value;
  const chosen = new Set(checked);
  return (runs.value?.runs ?? [])
    .filter(({ name }) => chosen.has(name))
    .sort((a, b) => Number(b.name === focus) - Number(a.name === focus));
}

/** What was picked for each axis, the rest filled up with tags of the run in focus that have most points. */
export function axisTags(
  { runs, choice }: Pick<Workspace, "runs" | "choice">,
  picked: readonly (string | null)[],
): readonly string[] {
  const known = tagsOf(choice.value, runs.value?.runs ?? []).filter(({ tag }) => !/(^|\/)epoch$/.test(tag));
  const focused = known.filter(({ run }) => run === choice.value.focus);
  const spare = [...focused].sort((a, b) => b.points - a.points).map(({ tag }) => tag);
  const taken = new Set(picked.filter((tag) => tag !== null));
  const next = () => {
    const tag = spare.find((one) => !taken.has(one));
    if (tag !== undefined) taken.add(tag);
    return tag;
  };
  const first = picked[0] ?? choice.value.tag;
  if (first !== null) taken.add(first);
  return [first, ...[1, 2].map((i) => picked[i] ?? next())].filter((tag) => tag != null);
}

/** Every drawn point of every path, with what was computed there. */
export function tableOf(paths: readonly Trajectory[]): Table {
  const all = (pick: (path: Trajectory) => Float64Array | null | undefined): Float64Array =>
    Float64Array.from(
      paths.flatMap((path) => Array.from(pick(path) ?? new Float64Array(path.step.length).fill(Number.NaN))),
    );
  const axes = paths[0]?.position.length ?? 0;
  const vectors = (name: "position" | "smooth" | "velocity" | "momentum") =>
    Array.from({ length: axes }, (_, axis) => ({
      name: name === "position" ? nameOf(paths[0], axis) : `${name} of ${nameOf(paths[0], axis)}`,
      values: all((path) => path[name][axis]),
    }));
  return {
    columns: [
      { name: "run", values: paths.flatMap(({ run, step }) => new Array<string>(step.length).fill(run)) },
      { name: "step", values: all(({ step }) => step) },
      { name: "epoch", values: all(({ epoch }) => epoch) },
      ...vectors("position"),
      ...vectors("smooth"),
      ...vectors("velocity"),
      ...vectors("momentum"),
      { name: "curvature", values: all(({ curvature }) => curvature) },
    ],
  };
}

const nameOf = (path: Trajectory | undefined, axis: number): string =>
  path?.explained ? `component ${axis + 1}` : (path?.tags[axis] ?? "");
