import { computed, type ReadonlySignal, type Signal } from "@preact/signals";
import {
  type Convergence,
  type ConvergenceAnswer,
  type ConvergenceQuery,
  convergencePath,
  decodeConvergence,
} from "../../api/convergence.ts";
import type { Table } from "../../base/table.ts";
import { Analysis } from "../plot/analysis.ts";
import { checkedSeries, type KnownSeries, steady } from "../series.ts";
import type { Workspace } from "../workspace.ts";
import type { ConvergenceSettings } from "./settings.ts";

/** More curves with bands than these hide each other. */
export const MOST_CURVES = 8;

/** What is asked of the server. */
export class ConvergenceModel {
  readonly tag: ReadonlySignal<string>;
  /** Checked runs that have the tag, the one in focus first. */
  readonly series: ReadonlySignal<readonly KnownSeries[]>;
  readonly analysis: Analysis<ConvergenceQuery, ConvergenceAnswer>;

  constructor(workspace: Workspace, settings: Signal<ConvergenceSettings>) {
    this.tag = computed(() => settings.value.tag ?? workspace.choice.value.tag ?? "");
    this.series = steady(() => checkedSeries(workspace, settings.value.tag));
    const query = computed((): ConvergenceQuery | null => {
      const series = this.series.value.slice(0, MOST_CURVES).map(({ run, tag }) => ({ run, tag }));
      const { ahead, patience } = settings.value;
      const polarity = workspace.polarities.value.get(this.tag.value) ?? null;
      return series.length === 0 ? null : { series, ahead: Number(ahead), patience, polarity };
    });
    this.analysis = new Analysis<ConvergenceQuery, ConvergenceAnswer>(
      workspace,
      () => query.value,
      (asked, etag, signal) =>
        workspace.client.columns(convergencePath(asked), etag, decodeConvergence, signal),
    );
  }
}

/** Every bin and every step ahead of every series. */
export function tableOf(series: readonly Convergence[]): Table {
  const all = (name: keyof Convergence["columns"]): Float64Array =>
    Float64Array.from(series.flatMap(({ columns }) => Array.from(columns[name])));
  const names = ["step", "value", "lowest", "highest", "count", "curve", "low", "high"] as const;
  return {
    columns: [
      {
        name: "run",
        values: series.flatMap(({ run, columns }) => new Array<string>(columns.step.length).fill(run)),
      },
      ...names.map((name) => ({ name, values: all(name) })),
    ],
  };
}
