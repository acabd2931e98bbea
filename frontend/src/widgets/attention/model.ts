import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
  type AttentionAnswer,
  type AttentionMaps,
  type AttentionQuery,
  attentionPath,
  decodeAttention,
  decodeMaps,
  type HeadPlace,
  type MapsQuery,
  mapsPath,
} from "../../api/attention.ts";
import { Analysis } from "../plot/analysis.ts";
import { steady } from "../series.ts";
import { chosen, nearest, sourcesOf } from "../sources.ts";
import type { Workspace } from "../workspace.ts";
import type { AttentionSettings } from "./settings.ts";

// Numbers in all maps of one answer: more take longer to come than a step is shown while it plays.
const MOST_NUMBERS = 150_000;
const MOST_CELLS = 64;
const LEAST_CELLS = 8;
const MOST_CELLS_OPENED = 512;

/** What is looked at, and what the server says of it. */
export class AttentionModel {
  /** All that the checked runs hold, the run in focus first. */
  readonly sources: ReadonlySignal<readonly AttentionQuery[]>;
  readonly source: ReadonlySignal<AttentionQuery | null>;
  /** The step that was picked; null: the last there is. */
  readonly picked = signal<number | null>(null);
  readonly playing = signal(false);
  /** The head that is shown alone. */
  readonly opened = signal<HeadPlace | null>(null);
  readonly curves: Analysis<AttentionQuery, AttentionAnswer>;
  readonly maps: Analysis<MapsQuery, AttentionMaps>;
  readonly steps: ReadonlySignal<readonly number[]>;
  /** Of `steps`; NaN where there is none. */
  readonly step: ReadonlySignal<number>;

  constructor(workspace: Workspace, settings: Signal<AttentionSettings>) {
    this.sources = steady(() => sourcesOf(workspace, "attention"));
    this.source = computed(() => chosen(this.sources.value, settings.value));
    const { client } = workspace;
    this.curves = new Analysis<AttentionQuery, AttentionAnswer>(
      workspace,
      () => this.source.value,
      (query, etag, abort) => client.columns(attentionPath(query), etag, decodeAttention, abort),
    );
    this.steps = steady(() => Array.from(this.curves.answer.value?.curves?.step ?? []));
    this.step = computed(() => nearest(this.steps.value, this.picked.value));
    this.maps = new Analysis<MapsQuery, AttentionMaps>(
      workspace,
      () => (settings.value.view === "maps" ? this.mapsQuery() : null),
      (query, etag, abort) => client.columns(mapsPath(query), etag, decodeMaps, abort),
      // A step's weights don't change: what is next may come at once.
      1,
    );
  }

  private mapsQuery(): MapsQuery | null {
    const [source, curves, step] = [this.source.value, this.curves.answer.value?.curves, this.step.value];
    if (source === null || !curves || Number.isNaN(step)) return null;
    const head = this.opened.value;
    const size = head === null ? cellsFor(curves.layers * curves.heads) : MOST_CELLS_OPENED;
    return { ...source, step, size, head };
  }

  /** Asks for as long as it is not told to stop. */
  follow(): () => void {
    const stops = [this.curves.follow(), this.maps.follow()];
    return () => {
      for (const stop of stops) stop();
    };
  }
}

/** Rows and columns of a map where there are so many. */
export const cellsFor = (maps: number): number =>
  Math.min(MOST_CELLS, Math.max(LEAST_CELLS, Math.floor(Math.sqrt(MOST_NUMBERS / Math.max(maps, 1)))));
