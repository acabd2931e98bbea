import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
  decodeOutputs,
  type Outputs,
  type OutputsAnswer,
  type OutputsQuery,
  outputsPath,
} from "../../api/outputs.ts";
import { Analysis } from "../plot/analysis.ts";
import { steady } from "../series.ts";
import { chosen, nearest, type SourceAt, sourcesOf } from "../sources.ts";
import type { Workspace } from "../workspace.ts";
import { type Cell, rowsOf } from "./examples.ts";
import type { OutputsSettings } from "./settings.ts";

const NO_STEPS: readonly number[] = [];
/** More of one step nobody looks through. */
const MOST_EXAMPLES = 512;
const [OUTPUTS_END, IMAGES_END] = ["/outputs", "/images"] as const;

const keyOf = (run: string, name: string): string => `${run}\n${name}`;

/** What the checked runs hold of predictions, and of images that go with none; the run in focus first. */
export function outputsIn(workspace: Pick<Workspace, "runs" | "choice">): readonly SourceAt[] {
  const [outputs, images] = [sourcesOf(workspace, "outputs"), sourcesOf(workspace, "images")];
  const pictured = new Set(images.map(({ run, tag }) => keyOf(run, withoutEnd(tag, IMAGES_END))));
  const predicted = new Set(outputs.map(({ run, tag }) => keyOf(run, withoutEnd(tag))));
  const isSeen = ({ run, tag }: SourceAt) => pictured.has(keyOf(run, withoutEnd(tag)));
  const isAlone = ({ run, tag }: SourceAt) => !predicted.has(keyOf(run, withoutEnd(tag, IMAGES_END)));
  // There is most to be seen of those that have images.
  return [...outputs.filter(isSeen), ...outputs.filter((one) => !isSeen(one)), ...images.filter(isAlone)];
}

/** As it was given to `tracker.output`. */
export const withoutEnd = (tag: string, end: string = OUTPUTS_END): string =>
  tag.endsWith(end) ? tag.slice(0, -end.length) : tag;

/** Which predictions are looked at, and what the server says of them. */
export class OutputsModel {
  /** All that the checked runs hold, the run in focus first. */
  readonly sources: ReadonlySignal<readonly SourceAt[]>;
  readonly source: ReadonlySignal<SourceAt | null>;
  /** The step that was picked; null: the last there is. */
  readonly picked = signal<number | null>(null);
  readonly playing = signal(false);
  /** The cell of the confusion matrix whose examples are shown; null: those of all. */
  readonly cell = signal<Cell | null>(null);
  readonly analysis: Analysis<OutputsQuery, OutputsAnswer>;
  readonly outputs: ReadonlySignal<Outputs | null>;
  readonly steps: ReadonlySignal<readonly number[]>;
  /** Of `steps`; NaN where there is none. */
  readonly step: ReadonlySignal<number>;
  /** Of the examples that are kept, those that are asked for. */
  readonly rows: ReadonlySignal<readonly number[]>;

  constructor(workspace: Workspace, settings: Signal<OutputsSettings>) {
    this.sources = steady(() => outputsIn(workspace));
    this.source = computed(() => chosen(this.sources.value, settings.value));
    this.analysis = new Analysis<OutputsQuery, OutputsAnswer>(
      workspace,
      () => this.source.value && { ...this.source.value, step: this.picked.value, limit: MOST_EXAMPLES },
      (query, etag, abort) => workspace.client.tagged(outputsPath(query), etag, decodeOutputs, abort),
      // What is next to be seen while it plays may come at once.
      1,
    );
    this.outputs = computed(() => this.analysis.answer.value?.outputs ?? null);
    this.steps = steady(() => this.outputs.value?.steps ?? NO_STEPS);
    this.step = computed(() => nearest(this.steps.value, this.picked.value));
    this.rows = computed(() => {
      const outputs = this.outputs.value;
      return outputs === null
        ? []
        : rowsOf(outputs, { onlyWrong: settings.value.onlyWrong, cell: this.cell.value });
    });
  }

  /** Asks for as long as it is not told to stop. */
  follow(): () => void {
    const stops = [this.analysis.follow(), this.forgetOnOther()];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** A step and a cell are of one run and tag. */
  private forgetOnOther(): () => void {
    let before = this.source.peek();
    return effect(() => {
      const now = this.source.value;
      if (now?.run === before?.run && now?.tag === before?.tag) return;
      before = now;
      batch(() => {
        this.picked.value = null;
        this.cell.value = null;
        this.playing.value = false;
      });
    });
  }
}
