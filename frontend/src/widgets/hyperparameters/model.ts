import { computed, type ReadonlySignal, type Signal } from "@preact/signals";
import {
  decodeHyperparameters,
  type HyperparameterQuery,
  hyperparametersPath,
  type Study,
  type StudyAnswer,
} from "../../api/hyperparameters.ts";
import type { Table } from "../../base/table.ts";
import { Analysis } from "../plot/analysis.ts";
import { steady } from "../series.ts";
import type { Workspace } from "../workspace.ts";
import type { HyperparameterSettings } from "./settings.ts";

/** What is asked of the server. */
export class HyperparametersModel {
  readonly tag: ReadonlySignal<string | null>;
  readonly analysis: Analysis<HyperparameterQuery, StudyAnswer>;

  constructor(workspace: Workspace, settings: Signal<HyperparameterSettings>) {
    this.tag = computed(() => settings.value.tag ?? workspace.choice.value.tag);
    const checked = steady(() => workspace.choice.value.checked);
    const query = computed((): HyperparameterQuery | null => {
      const tag = this.tag.value;
      const { target, which, x, y } = settings.value;
      if (tag === null || (which === "checked" && checked.value.length === 0)) return null;
      const isEvery = which === "all" || checked.value.length === workspace.runs.value?.runs.length;
      // None named are all: the names of thousands would not go into one request.
      const runs = isEvery ? [] : checked.value;
      return { tag, runs, target, polarity: workspace.polarities.value.get(tag) ?? null, x, y };
    });
    this.analysis = new Analysis<HyperparameterQuery, StudyAnswer>(
      workspace,
      () => query.value,
      (asked, etag, signal) =>
        workspace.client.tagged(hyperparametersPath(asked), etag, decodeHyperparameters, signal),
    );
  }
}

/** Every run with its target and what it was given. */
export const tableOf = ({ run, state, value, given, tag }: Study): Table => ({
  columns: [
    { name: "run", values: run },
    { name: "state", values: state },
    { name: tag, values: Float64Array.from(value) },
    ...[...given].map(([name, values]) => ({
      name,
      values: values.map((one) => (typeof one === "number" ? one : one === null ? Number.NaN : String(one))),
    })),
  ],
});
