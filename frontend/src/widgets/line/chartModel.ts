import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Series } from "../../api/types.ts";
import { type LineAxis, type Range, span } from "../../base/axis.ts";
import { placeName } from "../../base/words/line.ts";
import { Gestures } from "../../chart/gestures.ts";
import { type Hover, LineChart, type PaintedLines } from "../../chart/lineChart.ts";
import { type LineSeries, rowFrom } from "../../chart/lineGeometry.ts";
import type { LineScene } from "../../chart/lineScene.ts";
import { CHART_THEMES } from "../../chart/theme.ts";
import { revealView, zoomAbout } from "../../data/view.ts";
import { busyUntilPainted } from "../busy.ts";
import { firstView, type KeptView, keepView } from "../keptView.ts";
import type { KnownSeries } from "../series.ts";
import { oldLines } from "../stillShown.tsx";
import { Trouble } from "../trouble.ts";
import type { Workspace } from "../workspace.ts";
import { followPlace } from "./place.ts";

interface ChartSettings {
  readonly tag: string | null;
  readonly axis: LineAxis;
  readonly view: KeptView | null;
}

export interface ChartInputs<Settings extends ChartSettings> {
  readonly id: string;
  readonly workspace: Workspace;
  readonly settings: Signal<Settings>;
  /** What to draw, the run in focus first. */
  readonly series: ReadonlySignal<readonly KnownSeries[]>;
}

export interface Cursor {
  readonly place: number;
  /** Height of the pointer. */
  readonly y: number | null;
}

/** The point of a run that is picked out; `row` is -1 where there is none. */
export interface Reading<Line extends LineSeries> {
  readonly line: Line;
  readonly row: number;
}

/** What keeps the chart supplied. */
interface ChartFeed {
  aim(view: Range): void;
  look(view: Range): void;
  fit(): void;
  resize(plotPx: number): void;
  retry(): void;
  close(): void;
}

// Of the view on each side, so that what the crosshair is moved to does not stand at its edge.
const ROOM = 0.02;

/** What a widget of lines shows, wherever they come from, and the hands that move it. */
export abstract class LineChartModel<Settings extends ChartSettings, Line extends LineSeries> {
  private readonly trouble = new Trouble(() => this.feed.retry());

  readonly painted = signal<PaintedLines | null>(null);
  readonly isDrawn = computed(() => this.painted.value !== null);
  readonly cursor = signal<Cursor | null>(null);
  readonly busy = signal(false);
  readonly refusal = this.trouble.refusal;
  /** The run that is pointed at in the read-out. */
  readonly picked = signal<string | null>(null);
  readonly lines: ReadonlySignal<readonly Line[]> = computed(() => this.linesNow());
  readonly readings = computed(() => this.lines.value.map((line) => ({ line, row: this.rowOf(line) })));
  /** What is drawn until what was asked for comes; null: that is what is drawn. */
  readonly old = computed(() => {
    const { series, settings } = this.inputs;
    const shown = this.shown();
    return shown && oldLines(shown, { focus: series.value[0], cut: settings.value.axis });
  });

  protected chart: LineChart | null = null;
  protected abstract readonly feed: ChartFeed;
  /** What to tell of a feed, but for what it loads. */
  protected readonly listener = {
    moved: (view: Range) => this.chart?.setView(view),
    rested: (view: Range | null) => keepView(this.inputs.settings, view),
    failed: (error: unknown) => this.trouble.failed(error),
    busy: busyUntilPainted(this.busy),
  };

  constructor(protected readonly inputs: ChartInputs<Settings>) {}

  /** Tells the feed what is wanted; again whenever that changes. */
  protected abstract want(): void;

  /** Hands the chart its lines; again whenever they change. */
  protected abstract draw(chart: LineChart): void;

  protected abstract linesNow(): readonly Line[];

  /** The row under the crosshair, or the last one in view; -1 where there is none. */
  protected abstract rowOf(line: Line): number;

  /** Which series is held first, and on which axis. */
  protected abstract shown(): { readonly focus: Series | undefined; readonly cut: LineAxis } | null;

  /** Draws into an element until the returned function is called. */
  attach(element: HTMLElement): () => void {
    const chart = new LineChart(element, CHART_THEMES[this.inputs.workspace.theme.peek()], {
      hovered: (hover) => this.hovered(hover),
      painted: (painted) => {
        this.painted.value = painted;
      },
      resized: (plotPx) => this.feed.resize(plotPx),
    });
    this.chart = chart;
    const gestures = new Gestures({
      element,
      view: () => chart.view(),
      plotPx: () => chart.plotPx(),
      look: (view) => this.feed.look(view),
      fit: () => this.fit(),
    });
    const stops = [...this.follow(chart), ...this.followOthers()];
    const view = firstView(this.inputs.settings.peek());
    if (view) this.feed.aim(view);
    return () => {
      for (const stop of stops) stop();
      gestures.close();
      this.close();
    };
  }

  scene(): LineScene | null {
    return this.chart?.scene() ?? null;
  }

  fit(): void {
    this.feed.fit();
  }

  /** Zooms about the crosshair, or about the middle while there is none. */
  zoom(factor: number): void {
    const view = this.chart?.view();
    if (view) this.feed.look(zoomAbout(view, this.cursor.value?.place ?? null, factor));
  }

  /** Moves the crosshair by points of the run in focus. */
  step(move: number): void {
    const [focus] = this.readings.value;
    if (!focus) return;
    const { place } = focus.line;
    const at = place[Math.max(0, Math.min(place.length - 1, this.rowAfter(focus, move)))];
    if (at !== undefined) this.point(at);
  }

  private rowAfter({ line, row }: Reading<Line>, move: number): number {
    const cursor = this.cursor.value;
    if (cursor === null) return row;
    if (row >= 0) return row + move;
    // Between points the first step leads to the next one.
    return rowFrom(line.place, cursor.place) + (move > 0 ? move - 1 : move);
  }

  leave(): void {
    this.pointTo(null);
  }

  protected hovered(hover: Hover | null): void {
    this.pointTo(hover);
  }

  /** Moves the crosshair to a place, and the view so far that it is seen. */
  protected point(place: number): void {
    const view = this.chart?.view();
    if (!view) return;
    const room = span(view) * ROOM;
    this.feed.look(revealView(view, { from: place - room, to: place + room }));
    this.pointTo({ place, y: null });
  }

  /** Moves the crosshair, and tells the other widgets. */
  protected pointTo(cursor: Cursor | null): void {
    const { id, workspace, settings } = this.inputs;
    batch(() => {
      this.cursor.value = cursor;
      if (cursor !== null) {
        workspace.crosshair.value = { axis: settings.value.axis, at: this.snapped(cursor), source: id };
      } else if (workspace.crosshair.value?.source === id) {
        workspace.crosshair.value = null;
      }
    });
  }

  /** Steps are whole, also between the pixels. */
  private snapped({ place }: Cursor): number {
    return this.inputs.settings.value.axis === "steps" ? Math.round(place) : place;
  }

  private follow(chart: LineChart): (() => void)[] {
    const { series, settings, workspace } = this.inputs;
    return [
      this.trouble.follow(series, settings),
      effect(() => this.want()),
      effect(() => chart.setTheme(CHART_THEMES[workspace.theme.value])),
      effect(() => this.draw(chart)),
      effect(() => chart.highlight(this.picked.value)),
      effect(() => this.showCursor(chart)),
    ];
  }

  /** What happens in other widgets. */
  private followOthers(): (() => void)[] {
    const { id, workspace, settings } = this.inputs;
    return [
      effect(() => {
        const crosshair = workspace.crosshair.value;
        if (crosshair?.source === id) return;
        const isOurs = crosshair !== null && crosshair.axis === settings.value.axis;
        this.cursor.value = isOurs ? { place: crosshair.at, y: null } : null;
      }),
      followPlace(
        { client: workspace.client, place: workspace.place, settings },
        () => true,
        (view) => this.feed.aim(view),
      ),
    ];
  }

  private showCursor(chart: LineChart): void {
    const cursor = this.cursor.value;
    if (cursor === null) {
      chart.setCursor(null);
      return;
    }
    const dots = this.readings.value.flatMap(({ line, row }) => {
      const [place, value] = [line.place[row], line.value[row]];
      return place === undefined || value === undefined ? [] : [{ place, value, colour: line.colour }];
    });
    const label = placeName(this.inputs.settings.value.axis, this.snapped(cursor));
    chart.setCursor({ ...cursor, label, dots });
  }

  private close(): void {
    this.trouble.close();
    this.leave();
    this.feed.close();
    this.chart?.close();
    this.chart = null;
  }
}
