import { computed, type ReadonlySignal, type Signal } from "@preact/signals";
import {
  decodeLandscapeList,
  decodeLandscapes,
  type Landscape,
  type LandscapeAt,
  type LandscapeList,
  type Landscapes,
  landscapesPath,
} from "../../api/landscape.ts";
import type { Table } from "../../base/table.ts";
import { Analysis } from "../plot/analysis.ts";
import { steady } from "../series.ts";
import type { Workspace } from "../workspace.ts";
import type { LandscapeSettings } from "./settings.ts";

export const MOST_BESIDE = 4;

/** Which landscapes there are, which of them are shown, and what these hold. */
export class LandscapeModel {
  /** All there are. */
  readonly list: Analysis<string, LandscapeList>;
  /** Of the checked runs, the one in focus first. */
  readonly known: ReadonlySignal<readonly LandscapeAt[]>;
  readonly tags: ReadonlySignal<readonly string[]>;
  readonly tag: ReadonlySignal<string | null>;
  /** At which steps any of the shown runs has one. */
  readonly steps: ReadonlySignal<readonly number[]>;
  readonly shown: ReadonlySignal<readonly LandscapeAt[]>;
  readonly surfaces: Analysis<readonly LandscapeAt[], Landscapes>;

  constructor(workspace: Workspace, settings: Signal<LandscapeSettings>) {
    this.list = new Analysis(
      workspace,
      () => "all",
      (_, etag, signal) => workspace.client.tagged("landscape", etag, decodeLandscapeList, signal),
    );
    this.known = steady(() => ofChecked(workspace, this.list.answer.value?.landscapes ?? []));
    this.tags = steady(() => [...new Set(this.known.value.map(({ tag }) => tag))]);
    this.tag = computed(() => {
      const { tag } = settings.value;
      return tag !== null && this.tags.value.includes(tag) ? tag : (this.tags.value[0] ?? null);
    });
    const candidates = steady(() => {
      const named = this.known.value.filter(({ tag }) => tag === this.tag.value);
      const runs = [...new Set(named.map(({ run }) => run))];
      const wanted = new Set(settings.value.beside ? runs.slice(0, MOST_BESIDE) : runs.slice(0, 1));
      return named.filter(({ run }) => wanted.has(run));
    });
    this.steps = steady(() => [...new Set(candidates.value.map(({ step }) => step))].sort((a, b) => a - b));
    this.shown = steady(() => atStep(candidates.value, settings.value.step));
    this.surfaces = new Analysis(
      workspace,
      () => (this.shown.value.length > 0 ? this.shown.value : null),
      (wanted, etag, signal) =>
        workspace.client.columns(landscapesPath(wanted), etag, decodeLandscapes, signal),
    );
  }

  /** How many checked runs have a landscape of this name. */
  get runCount(): number {
    return new Set(this.known.value.filter(({ tag }) => tag === this.tag.value).map(({ run }) => run)).size;
  }

  follow(): () => void {
    const stops = [this.list.follow(), this.surfaces.follow()];
    return () => {
      for (const stop of stops) stop();
    };
  }
}

function ofChecked(
  { choice }: Pick<Workspace, "choice">,
  every: readonly LandscapeAt[],
): readonly LandscapeAt[] {
  const { checked, focus } = choice.value;
  const chosen = new Set(checked);
  return every
    .filter(({ run }) => chosen.has(run))
    .sort((a, b) => Number(b.run === focus) - Number(a.run === focus));
}

/** Of each run the last one by a step, or its first where all are later; null: the last of all. */
export function atStep(every: readonly LandscapeAt[], step: number | null): readonly LandscapeAt[] {
  const runs = [...new Set(every.map(({ run }) => run))];
  return runs.flatMap((run) => {
    const own = every.filter((one) => one.run === run).sort((a, b) => a.step - b.step);
    const by = step === null ? own : own.filter((one) => one.step <= step);
    return by.at(-1) ?? own[0] ?? [];
  });
}

const AXES = ["alpha", "beta", "gamma"] as const;

/** Every point of every landscape. */
export function tableOf(landscapes: readonly Landscape[]): Table {
  const most = Math.max(0, ...landscapes.map(({ axes }) => axes.length));
  const columns = AXES.slice(0, most).map((name, direction) => ({
    name,
    values: Float64Array.from(landscapes.flatMap((one) => Array.from(alongOf(one, direction)))),
  }));
  const text = (of: (one: Landscape) => string) =>
    landscapes.flatMap((one) => new Array<string>(one.loss.length).fill(of(one)));
  return {
    columns: [
      { name: "run", values: text(({ run }) => run) },
      {
        name: "step",
        values: landscapes.flatMap(({ loss, step }) => new Array<number>(loss.length).fill(step)),
      },
      ...columns,
      { name: "loss", values: Float64Array.from(landscapes.flatMap(({ loss }) => Array.from(loss))) },
    ],
  };
}

/** Of each point, where along a direction it is. */
function alongOf({ axes, loss }: Landscape, direction: number): Float64Array {
  const stride = axes.slice(direction + 1).reduce((product, { length }) => product * length, 1);
  const axis = axes[direction];
  return loss.map((_, i) => axis?.[Math.floor(i / stride) % axis.length] ?? Number.NaN);
}
