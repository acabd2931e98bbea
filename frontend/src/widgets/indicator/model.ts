import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type Range, span } from "../../base/axis.ts";
import { lastRowUpTo } from "../../base/rows.ts";
import { placeName } from "../../base/words/line.ts";
import { Gestures } from "../../chart/gestures.ts";
import { LineChart, type PaintedLines } from "../../chart/lineChart.ts";
import type { LineSeries } from "../../chart/lineGeometry.ts";
import type { LineScene } from "../../chart/lineScene.ts";
import { CHART_THEMES } from "../../chart/theme.ts";
import { Feed, type Frame } from "../../data/feed.ts";
import { type ChosenIndicator, chosenOf, readIndicator } from "../../data/indicators.ts";
import { Loader } from "../../data/loader.ts";
import { revealView, zoomAbout } from "../../data/view.ts";
import { busyUntilPainted } from "../busy.ts";
import { firstView, keepView } from "../keptView.ts";
import { followPlace } from "../line/place.ts";
import { registriesOf } from "../registries.ts";
import type { KnownSeries } from "../series.ts";
import { oldLines } from "../stillShown.tsx";
import { Trouble } from "../trouble.ts";
import type { Workspace } from "../workspace.ts";
import { linesOf } from "./lines.ts";
import type { IndicatorSettings } from "./settings.ts";

export interface IndicatorInputs {
  readonly id: string;
  readonly workspace: Workspace;
  readonly settings: Signal<IndicatorSettings>;
  /** What to draw, the run in focus first. */
  readonly series: ReadonlySignal<readonly KnownSeries[]>;
}

/** What an indicator widget shows, and the hands that move it. */
export class IndicatorModel {
  private readonly trouble = new Trouble(() => this.feed.retry());

  readonly frame = signal<Frame | null>(null);
  readonly painted = signal<PaintedLines | null>(null);
  readonly isDrawn = computed(() => this.painted.value !== null);
  readonly cursor = signal<number | null>(null);
  readonly busy = signal(false);
  readonly refusal = this.trouble.refusal;
  readonly picked = signal<string | null>(null);
  readonly chosen = computed(() => this.chosenNow());
  /** What is drawn until what was asked for comes; null: that is what is drawn. */
  readonly old = computed(() => {
    const [frame, { series, settings }] = [this.frame.value, this.inputs];
    const asked = { focus: series.value[0], cut: settings.value.axis };
    return frame && oldLines({ focus: frame.candles[0], cut: frame.plan.axis }, asked);
  });
  readonly lines = computed(() => this.linesNow());

  private readonly feed: Feed;
  private chart: LineChart | null = null;

  constructor(private readonly inputs: IndicatorInputs) {
    this.feed = new Feed(new Loader(inputs.workspace.client), {
      moved: (view) => this.chart?.setView(view),
      rested: (view) => keepView(inputs.settings, view),
      loaded: (frame, view) => this.loaded(frame, view),
      failed: (error) => this.trouble.failed(error),
      busy: busyUntilPainted(this.busy),
    });
  }

  /** Draws into an element until the returned function is called. */
  attach(element: HTMLElement): () => void {
    const chart = new LineChart(element, CHART_THEMES[this.inputs.workspace.theme.peek()], {
      hovered: (hover) => this.pointTo(hover?.place ?? null),
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
      fit: () => this.feed.fit(),
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

  configure(chosen: ChosenIndicator, numbers: readonly number[]): void {
    const { settings } = this.inputs;
    settings.value = { ...settings.value, indicator: chosenOf(chosen.info, numbers).text };
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
    if (view) this.feed.look(zoomAbout(view, this.cursor.value, factor));
  }

  /** Moves the crosshair by candles of the run in focus. */
  step(move: number): void {
    const [focus] = this.lines.value;
    const view = this.chart?.view();
    if (!focus || !view) return;
    const from = this.rowOf(focus);
    const row = this.cursor.value === null ? from : from + move;
    const at = focus.place[Math.max(0, Math.min(focus.place.length - 1, row))];
    if (at === undefined) return;
    const room = span(view) * 0.02;
    this.feed.look(revealView(view, { from: at - room, to: at + room }));
    this.pointTo(at);
  }

  leave(): void {
    this.pointTo(null);
  }

  /** The row under the crosshair, or the last one in view; -1 where there is none. */
  rowOf({ place }: LineSeries): number {
    const at = this.cursor.value;
    const half = (this.frame.value?.plan.width ?? 0) / 2;
    if (at === null) return lastRowUpTo(place, this.painted.value?.geometry.view.to ?? Number.MAX_VALUE);
    const row = lastRowUpTo(place, at + half);
    return row >= 0 && at - (place[row] ?? 0) <= half ? row : -1;
  }

  private chosenNow(): ChosenIndicator | null {
    const registry = registriesOf(this.inputs.workspace.client).indicators.value;
    return registry && readIndicator(this.inputs.settings.value.indicator, registry);
  }

  private linesNow(): readonly LineSeries[] {
    const [frame, chosen] = [this.frame.value, this.chosen.value];
    if (frame === null || chosen === null) return [];
    const colours = new Map(this.inputs.series.value.map(({ run, colour }) => [run, colour]));
    return linesOf(frame.candles, chosen, this.inputs.settings.value.output, colours);
  }

  /** Moves the crosshair, and tells the other widgets. */
  private pointTo(at: number | null): void {
    const { id, workspace, settings } = this.inputs;
    const { axis } = settings.peek();
    batch(() => {
      this.cursor.value = at;
      const there = workspace.crosshair.peek();
      if (at !== null) {
        workspace.crosshair.value = { axis, at: axis === "steps" ? Math.round(at) : at, source: id };
      } else if (there?.source === id) workspace.crosshair.value = null;
    });
  }

  private follow(chart: LineChart): (() => void)[] {
    const { series, settings, workspace } = this.inputs;
    return [
      this.trouble.follow(series, settings),
      effect(() => this.want(series.value)),
      effect(() => chart.setTheme(CHART_THEMES[workspace.theme.value])),
      effect(() => {
        const [lines, frame, view] = [this.lines.value, this.frame.value, chart.view()];
        if (frame === null || view === null) return;
        const { axis, window, width } = frame.plan;
        const held = { window, columns: span(window) / width };
        chart.setContent({ axis, held, series: lines, scale: "linear" }, view);
      }),
      effect(() => chart.highlight(this.picked.value)),
      effect(() => this.showCursor(chart)),
    ];
  }

  /** What happens in other widgets. */
  private followOthers(): (() => void)[] {
    const { id, settings, workspace } = this.inputs;
    return [
      effect(() => {
        const crosshair = workspace.crosshair.value;
        if (crosshair?.source === id) return;
        this.cursor.value = crosshair?.axis === settings.value.axis ? crosshair.at : null;
      }),
      followPlace(
        { client: workspace.client, place: workspace.place, settings },
        () => true,
        (view) => this.feed.aim(view),
      ),
    ];
  }

  private want(series: readonly KnownSeries[]): void {
    const { settings, workspace } = this.inputs;
    const [{ axis }, chosen] = [settings.value, this.chosen.value];
    const polarity = workspace.polarities.value.get(series[0]?.tag ?? "") ?? null;
    this.feed.want({
      series: chosen === null ? [] : series,
      axis,
      stepsPerEpoch: null,
      width: "auto",
      resolution: series[0]?.resolution ?? null,
      extras: chosen && { indicators: [chosen.text], patterns: false, polarity, of: "all" },
      version: workspace.version.value,
    });
  }

  private showCursor(chart: LineChart): void {
    const place = this.cursor.value;
    if (place === null) {
      chart.setCursor(null);
      return;
    }
    const dots = this.lines.value.flatMap((line) => {
      const row = this.rowOf(line);
      const [at, value] = [line.place[row], line.value[row]];
      if (at === undefined || value === undefined || !Number.isFinite(value)) return [];
      return [{ place: at, value, colour: line.colour }];
    });
    const label = placeName(this.inputs.settings.value.axis, place);
    chart.setCursor({ place, y: null, label, dots });
  }

  private loaded(frame: Frame, view: Range): void {
    batch(() => {
      // Before what is held, which draws it.
      this.chart?.setView(view);
      this.frame.value = frame;
      this.refusal.value = frame.candles[0]?.extrasRefused ?? null;
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
