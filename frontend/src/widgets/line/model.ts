import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Points } from "../../api/points.ts";
import { type Range, span } from "../../base/axis.ts";
import { toPlotted } from "../../base/priceScale.ts";
import { placeName } from "../../base/words/line.ts";
import { Gestures } from "../../chart/gestures.ts";
import { type Hover, LineChart, type PaintedLines } from "../../chart/lineChart.ts";
import { type LineSeries, xOf, yOf } from "../../chart/lineGeometry.ts";
import type { LineScene } from "../../chart/lineScene.ts";
import { CHART_THEMES } from "../../chart/theme.ts";
import { PointFeed, type PointPlan } from "../../data/pointFeed.ts";
import type { Held } from "../../data/supply.ts";
import { revealView, zoomAbout } from "../../data/view.ts";
import { busyUntilPainted } from "../busy.ts";
import { firstView, keepView } from "../keptView.ts";
import type { KnownSeries } from "../series.ts";
import { oldLines } from "../stillShown.tsx";
import { Trouble } from "../trouble.ts";
import type { Workspace } from "../workspace.ts";
import { followPlace } from "./place.ts";
import { lastRowIn, placesOf, rowAt } from "./reading.ts";
import type { LineSettings } from "./settings.ts";

export interface LineInputs {
  readonly id: string;
  readonly workspace: Workspace;
  readonly settings: Signal<LineSettings>;
  /** What to draw, the run in focus first. */
  readonly series: ReadonlySignal<readonly KnownSeries[]>;
}

/** A series that is held, with its places on the axis. */
export interface HeldLine extends LineSeries {
  readonly points: Points;
}

/** The point of a run that is picked out; `row` is -1 where there is none. */
export interface LineReading {
  readonly line: HeldLine;
  readonly row: number;
}

interface Cursor {
  readonly place: number;
  /** Height of the pointer. */
  readonly y: number | null;
}

const REACH_PX = 4;
const AIM_PX = 12;
const NEAR_PX = 30;

/** What a line widget shows, and the hands that move it. */
export class LineModel {
  private readonly trouble = new Trouble(() => this.feed.retry());

  readonly held = signal<Held<PointPlan, Points> | null>(null);
  readonly painted = signal<PaintedLines | null>(null);
  readonly isDrawn = computed(() => this.painted.value !== null);
  readonly cursor = signal<Cursor | null>(null);
  readonly busy = signal(false);
  readonly refusal = this.trouble.refusal;
  /** The run that is pointed at in the read-out. */
  readonly picked = signal<string | null>(null);
  /** What is drawn until what was asked for comes; null: that is what is drawn. */
  readonly old = computed(() => {
    const held = this.held.value;
    const asked = { focus: this.inputs.series.value[0], cut: this.inputs.settings.value.axis };
    return held && oldLines({ focus: held.items[0], cut: held.plan.axis }, asked);
  });
  readonly lines = computed(() => this.linesOf(this.held.value));
  readonly readings = computed(() => this.lines.value.map((line) => this.readingOf(line)));
  /** Of the runs, that whose point is nearest to the pointer. */
  readonly nearest = computed(() => this.nearestRun());

  private readonly feed: PointFeed;
  private chart: LineChart | null = null;

  constructor(private readonly inputs: LineInputs) {
    this.feed = new PointFeed(inputs.workspace.client, {
      moved: (view) => this.chart?.setView(view),
      rested: (view) => keepView(inputs.settings, view),
      loaded: (held, view) => this.loaded(held, view),
      failed: (error) => this.trouble.failed(error),
      busy: busyUntilPainted(this.busy),
    });
  }

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
    const focus = this.readings.value[0];
    if (!focus) return;
    const { place } = focus.line;
    const row = this.cursor.value === null ? focus.row : focus.row + move;
    const at = place[Math.max(0, Math.min(place.length - 1, row))];
    if (at !== undefined) this.point(at);
  }

  /** Moves the crosshair to the first or last point of the whole series, held or not. */
  jump(end: "first" | "last"): void {
    const extent = this.lines.value[0]?.points.extent;
    if (extent) this.point(end === "first" ? extent.from : extent.to);
  }

  leave(): void {
    this.pointTo(null);
  }

  scene(): LineScene | null {
    return this.chart?.scene() ?? null;
  }

  private point(place: number): void {
    const view = this.chart?.view();
    if (!view) return;
    const room = span(view) * 0.02;
    this.feed.look(revealView(view, { from: place - room, to: place + room }));
    this.pointTo({ place, y: null });
  }

  private hovered(hover: Hover | null): void {
    this.pointTo(hover);
  }

  /** Moves the crosshair, and tells the other widgets. */
  private pointTo(cursor: Cursor | null): void {
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
      effect(() => {
        const { axis, smoothing } = settings.value;
        this.feed.want({ series: series.value, axis, smooth: smoothing, version: workspace.version.value });
      }),
      effect(() => chart.setTheme(CHART_THEMES[workspace.theme.value])),
      effect(() => {
        const [lines, { scale }, held] = [this.lines.value, settings.value, this.held.value];
        const view = chart.view();
        if (held && view)
          chart.setContent({ axis: held.plan.axis, held: held.plan, series: lines, scale }, view);
      }),
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
    chart.setCursor({ place: cursor.place, y: cursor.y, label, dots });
  }

  private linesOf(held: Held<PointPlan, Points> | null): readonly HeldLine[] {
    if (held === null) return [];
    const colours = new Map(this.inputs.series.value.map(({ run, colour }) => [run, colour]));
    return held.items.flatMap((points) => {
      const colour = colours.get(points.run);
      if (colour === undefined) return [];
      const { run, value, smoothed, nonfinite } = points;
      const place = placesOf(points, held.plan.axis);
      return [{ run, colour, place, value, smoothed, nonfinite, points }];
    });
  }

  private readingOf(line: HeldLine): LineReading {
    const [cursor, geometry] = [this.cursor.value, this.painted.value?.geometry];
    if (geometry === undefined) return { line, row: -1 };
    if (cursor === null) return { line, row: lastRowIn(line.place, line.value, geometry.view) };
    const perPx = span(geometry.view) / geometry.width;
    const { y } = cursor;
    const away = (value: number) => {
      const px = y === null ? 0 : Math.abs(yOf(geometry, toPlotted(value, geometry.scale)) - y);
      // Of what is further off, none is meant more than the others.
      return Math.min(px, AIM_PX) * perPx;
    };
    return {
      line,
      row: rowAt(line.place, line.value, { place: cursor.place, reach: REACH_PX * perPx, away }),
    };
  }

  private nearestRun(): string | null {
    const [cursor, geometry] = [this.cursor.value, this.painted.value?.geometry];
    if (!cursor || cursor.y === null || geometry === undefined) return null;
    let [found, least]: [string | null, number] = [null, NEAR_PX];
    for (const { line, row } of this.readings.value) {
      const [place, value] = [line.place[row], line.value[row]];
      if (place === undefined || value === undefined) continue;
      const y = yOf(geometry, toPlotted(value, geometry.scale));
      const distance = Math.hypot(xOf(geometry, place) - xOf(geometry, cursor.place), y - cursor.y);
      if (distance < least) [found, least] = [line.run, distance];
    }
    return found;
  }

  private loaded(held: Held<PointPlan, Points>, view: Range): void {
    batch(() => {
      this.refusal.value = null;
      // Before what is held, which draws it.
      this.chart?.setView(view);
      this.held.value = held;
    });
  }

  private close(): void {
    this.trouble.close();
    this.leave();
    this.feed.close();
    this.chart?.close();
    this.chart = null;
  }
}
