import {
  batch,
  computed,
  effect,
  type ReadonlySignal,
  type Signal,
  signal,
  untracked,
} from "@preact/signals";
import type { Client } from "../../api/client.ts";
import type { Candles, Runs } from "../../api/types.ts";
import type { Range } from "../../base/axis.ts";
import { HEIKIN_ASHI_MEMORY } from "../../base/heikinAshi.ts";
import { lastRowUpTo } from "../../base/rows.ts";
import { CandleChart } from "../../chart/candleChart.ts";
import type { Painted } from "../../chart/candleContent.ts";
import { Gestures } from "../../chart/gestures.ts";
import type { Portrait } from "../../chart/portrait.ts";
import type { DrawnRun } from "../../chart/strands.ts";
import { CHART_THEMES, type ThemeName } from "../../chart/theme.ts";
import { Feed, type Frame } from "../../data/feed.ts";
import { Loader } from "../../data/loader.ts";
import { panView, revealView, zoomAbout } from "../../data/view.ts";
import { busyUntilPainted } from "../busy.ts";
import { firstView, keepView } from "../keptView.ts";
import { followPlace } from "../line/place.ts";
import type { KnownSeries } from "../series.ts";
import { oldCandles } from "../stillShown.tsx";
import { Trouble } from "../trouble.ts";
import type { Crosshair, Place } from "../workspace.ts";
import { drawnRuns } from "./drawn.ts";
import type { ExtrasModel } from "./indicators/model.ts";
import { isSameReading, neighbour, type Reading, readingAt } from "./reading.ts";
import { type CandleSettings, hasPlace } from "./settings.ts";
import { Sought } from "./sought.ts";
import { longerWick, placeOfSteps } from "./spot.ts";
import { Travel } from "./travel.ts";

export interface CandleInputs {
  readonly client: Client;
  /** What to draw, the run in focus first. */
  readonly series: ReadonlySignal<readonly KnownSeries[]>;
  /** How many series are checked, drawn or not. */
  readonly several: ReadonlySignal<number>;
  /** How many series have no place on the axis, and are not among those to draw. */
  readonly unplaced: ReadonlySignal<number>;
  readonly version: ReadonlySignal<string>;
  readonly settings: Signal<CandleSettings>;
  readonly theme: ReadonlySignal<ThemeName>;
  readonly allRuns: ReadonlySignal<Runs | null>;
  readonly extras: ExtrasModel;
  /** What widgets share, and by which name this one is known among them. */
  readonly crosshair: Signal<Crosshair | null>;
  /** The last place that was jumped to. */
  readonly place: ReadonlySignal<Place | null>;
  readonly id: string;
}

/** Lower than this a pane of one run says nothing. */
const LEAST_PANE_PX = 64;
const MOST_PANES = 12;

/** What a candle widget shows, and the hands that move it. */
export class CandleModel {
  private readonly trouble = new Trouble(() => this.feed.retry());

  readonly frame = signal<Frame | null>(null);
  /** Of what is drawn the run in focus: the first in the frame that is still wanted. */
  private readonly drawn = signal<Candles | null>(null);
  readonly painted = signal<Painted | null>(null);
  readonly isDrawn = computed(() => this.focus.value !== null && this.painted.value !== null);
  readonly cursor = signal<number | null>(null);
  readonly busy = signal(false);
  readonly refusal = this.trouble.refusal;
  readonly clipped = signal(0);
  /** What is drawn, the run in focus first; of many panes only those in sight. */
  readonly runs = signal<readonly DrawnRun[]>([]);
  /** Where there is a pane for each run: which run the first one in sight has, and how many are in sight. */
  readonly firstPane = signal(0);
  readonly mostPanes = signal(MOST_PANES);
  /** Unix time at which the run in focus began. */
  readonly startTime = computed(() => {
    const run = this.inputs.series.value[0]?.run;
    return this.inputs.allRuns.value?.runs.find(({ name }) => name === run)?.startTime ?? null;
  });
  /** The run in focus where it has no place on the axis, so that there is nothing to ask for. */
  readonly placeless = computed(() => {
    const [focus] = this.inputs.series.value;
    return focus && !hasPlace(focus, this.inputs.settings.value) ? focus.run : null;
  });
  readonly focus = computed(() => {
    const isAsked = this.inputs.series.value.length > 0 && this.placeless.value === null;
    return (isAsked && this.refusal.value === null && this.drawn.value) || null;
  });
  /** What is drawn until what was asked for comes; null: that is what is drawn. */
  readonly old = computed(() => {
    const [frame, focus, { series, settings }] = [this.frame.value, this.focus.value, this.inputs];
    const asked = { focus: series.value[0], cut: settings.value };
    return frame && focus && oldCandles({ focus, cut: frame.plan }, asked);
  });
  /** Of the panes of runs: how many don't fit. */
  readonly panesBeyond = computed(() => {
    const runs = this.hasPanePerRun.value ? (this.frame.value?.candles.length ?? 0) : 0;
    return Math.max(0, runs - this.mostPanes.value);
  });
  readonly hasPanePerRun = computed(() => this.inputs.settings.value.mode === "each");
  /** In a pane of its own a run is read where the pointer is; else it is the one in focus. */
  readonly read = computed(() => {
    const pointed = this.hasPanePerRun.value ? this.runs.value[this.pane.value] : undefined;
    return this.focus.value && (pointed?.candles ?? this.focus.value);
  });
  /** Where another widget's crosshair is, on the same axis. */
  readonly ghost = computed(() => {
    const crosshair = this.inputs.crosshair.value;
    const isShared = crosshair !== null && crosshair.source !== this.inputs.id;
    return isShared && crosshair.axis === this.inputs.settings.value.axis ? crosshair.at : null;
  });
  readonly reading = computed(() => {
    const candles = this.read.value;
    if (candles === null) return null;
    const cursor = this.cursor.value ?? this.ghost.value;
    const reading = readingAt(candles, cursor, this.painted.value?.view ?? null);
    // The same candle is the same object, so that a view that moves draws no words anew.
    if (!isSameReading(this.lastReading, reading)) this.lastReading = reading;
    return this.lastReading;
  });
  readonly travel: Travel;
  /** Where what the chart has gone to lies in what is held. */
  readonly spotPlace = computed(() => {
    const [spot, focus] = [this.travel.spot.value, this.focus.value];
    return spot && focus && placeOfSteps(focus, spot.steps);
  });
  /** Whether a plain drag selects a range, and the pixels of one that is being selected. */
  readonly selects = signal(false);
  readonly selected = signal<Range | null>(null);
  readonly helpOpen = signal(false);

  private lastReading: Reading | null = null;
  private readonly pane = signal(0);
  private readonly feed: Feed;
  private readonly sought: Sought;
  private chart: CandleChart | null = null;
  // Whether the crosshair was put where it is by keys.
  private keyed = false;

  constructor(private readonly inputs: CandleInputs) {
    this.feed = new Feed(new Loader(inputs.client), {
      moved: (view) => this.chart?.setView(view),
      rested: (view) => keepView(inputs.settings, view),
      loaded: (frame, view) => this.loaded(frame, view),
      failed: (error) => this.trouble.failed(error),
      busy: busyUntilPainted(this.busy),
    });
    const { settings, series } = inputs;
    this.travel = new Travel({
      settings,
      series,
      view: () => this.chart?.view() ?? null,
      aim: (view) => this.feed.aim(view),
    });
    const { travel, focus } = this;
    const stand = (bucket: number) => this.stand(bucket);
    this.sought = new Sought({ travel, series, focus, stand, leave: () => this.leave() });
  }

  private readonly isShown = ({ run, tag }: Place): boolean => {
    const shown = this.drawn.value;
    return shown?.run === run && shown.tag === tag;
  };

  /** Draws into an element until the returned function is called. */
  attach(element: HTMLElement): () => void {
    const chart = new CandleChart(element, CHART_THEMES[this.inputs.theme.peek()], {
      hovered: (bucket, pane) => {
        this.sought.release();
        this.pane.value = pane;
        this.pointAt(bucket);
      },
      pointed: (mark) => {
        this.keyed = false;
        this.inputs.extras.mark.value = mark;
      },
      painted: (painted) => {
        this.painted.value = painted;
        if (this.keyed)
          this.inputs.extras.mark.value = chart.markAt(this.reading.peek()?.bucket ?? Number.NaN);
      },
      resized: (plotPx) => {
        this.feed.resize(plotPx);
        const fitting = Math.floor(element.clientHeight / LEAST_PANE_PX);
        this.mostPanes.value = Math.max(1, Math.min(MOST_PANES, fitting));
      },
    });
    this.chart = chart;
    const gestures = new Gestures({
      element,
      view: () => chart.view(),
      plotPx: () => chart.plotPx(),
      look: (view) => this.feed.look(view),
      fit: () => this.fit(),
      selects: () => this.selects.value,
      selecting: (px) => this.selecting(px),
      pressed: (x, y) => this.pressed(chart, x, y),
    });
    const { inputs } = this;
    const stops = [
      this.follow(chart),
      inputs.extras.follow(),
      this.sought.follow(),
      followPlace(inputs, this.isShown, (view, place) => this.travel.reveal(view, place)),
    ];
    const view = firstView(inputs.settings.peek());
    if (view) this.feed.aim(view);
    return () => {
      for (const stop of stops) stop();
      gestures.close();
      this.close();
    };
  }

  /** The chart as it can be drawn elsewhere. */
  portrait(): Portrait | null {
    return this.chart?.portrait() ?? null;
  }

  fit(): void {
    this.feed.fit();
  }

  /** Zooms about the crosshair, or about the middle while there is none. */
  zoom(factor: number): void {
    const view = this.chart?.view();
    if (view) this.feed.look(zoomAbout(view, this.cursor.value, factor));
  }

  /** Moves the view by so many of its own widths. */
  pan(screens: number): void {
    const view = this.chart?.view();
    if (view) this.feed.look(panView(view, screens * (view.to - view.from)));
  }

  /** Down to the step at the end of the longer wick of the candle that is read, or of the other one. */
  descend(isOther: boolean): void {
    const reading = this.reading.value;
    if (reading === null || reading.row < 0) return;
    const longer = longerWick(reading.candles, reading.row);
    const other = longer === "high" ? "low" : "high";
    this.travel.visit(reading.candles, reading.row, isOther ? other : longer);
  }

  private pressed(chart: CandleChart, x: number, y: number): boolean {
    const touched = chart.touched(x, y);
    if (touched === null) return false;
    const { candles } = touched.run;
    const row = lastRowUpTo(candles.columns.x, (touched.bucket + 0.5) * candles.width);
    return this.travel.visit(candles, row, touched.extreme);
  }

  private selecting(px: Range | null): void {
    this.selected.value = px;
    if (px === null) this.selects.value = false;
  }

  private pointAt(bucket: number | null): void {
    this.cursor.value = bucket;
    const { crosshair, id, settings } = this.inputs;
    const width = this.focus.value?.width ?? 0;
    if (bucket !== null) {
      crosshair.value = { axis: settings.value.axis, at: bucket + width / 2, source: id };
    } else if (crosshair.value?.source === id) crosshair.value = null;
  }

  /** Moves the crosshair by candles. */
  step(move: number): void {
    const focus = this.focus.value;
    if (!focus) return;
    const bucket = neighbour(focus, this.cursor.value ?? this.reading.value?.bucket ?? null, move);
    if (bucket !== null) this.point(bucket, focus.width);
  }

  /** Moves the crosshair to the first or last candle of the whole series, held or not. */
  jump(end: "first" | "last"): void {
    const focus = this.focus.value;
    if (!focus) return;
    const { extent, width } = focus;
    const index = end === "first" ? Math.floor(extent.from / width) : Math.ceil(extent.to / width) - 1;
    this.point(index * width, width);
  }

  private point(bucket: number, width: number): void {
    const view = this.chart?.view();
    if (!view) return;
    this.sought.release();
    this.feed.look(revealView(view, { from: bucket, to: bucket + width }));
    this.stand(bucket);
  }

  private stand(bucket: number): void {
    this.pointAt(bucket);
    this.keyed = true;
    this.chart?.setCursor(bucket);
  }

  leave(): void {
    this.sought.release();
    this.keyed = false;
    this.pointAt(null);
    this.inputs.extras.mark.value = null;
    this.chart?.setCursor(null);
  }

  /** Lets go of all that was pointed at and gone to; the view stays. */
  dismiss(): void {
    this.leave();
    this.travel.forget();
  }

  private follow(chart: CandleChart): () => void {
    const { series, settings, version, theme } = this.inputs;
    const stops = [
      this.trouble.follow(series, settings),
      effect(() => {
        const { axis, width } = settings.value;
        const wanted = this.placeless.value === null ? series.value : [];
        const stepsPerEpoch = axis === "epochs" ? settings.value.stepsPerEpoch : null;
        const resolution = wanted[0]?.resolution ?? null;
        const sharing = settings.value.mode === "side" ? Math.max(1, wanted.length) : 1;
        const history = settings.value.style === "heikin-ashi" ? HEIKIN_ASHI_MEMORY : 0;
        const known = { version: version.value, extras: this.inputs.extras.wanted.value };
        const cut = { width, resolution, sharing, history };
        this.feed.want({ series: wanted, axis, stepsPerEpoch, ...known, ...cut });
      }),
      effect(() => chart.setTheme(CHART_THEMES[theme.value])),
      effect(() => {
        void [series.value, settings.value, this.startTime.value, this.firstPane.value, this.mostPanes.value];
        const frame = this.frame.peek();
        const view = chart.view();
        if (frame && view) this.draw(frame, view);
      }),
      effect(() => {
        const focus = this.drawn.peek();
        if (focus) chart.setExtras(this.inputs.extras.content(focus));
        else void this.drawn.value;
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  private loaded(frame: Frame, view: Range): void {
    batch(() => {
      this.frame.value = frame;
      this.refusal.value = null;
      this.draw(frame, view);
    });
  }

  private draw(frame: Frame, view: Range): void {
    const { series, settings } = this.inputs;
    const { scale, fit, style, mode, clock } = settings.peek();
    const all = drawnRuns(frame, series.peek());
    const [focus] = all;
    if (!focus || !this.chart) return;
    const first = Math.min(this.firstPane.peek(), this.panesBeyond.peek());
    const runs = mode === "each" ? all.slice(first, first + this.mostPanes.peek()) : all;
    this.runs.value = runs;
    this.drawn.value = focus.candles;
    const { axis, width, window } = frame.plan;
    const clockStart = clock && axis === "seconds" ? this.startTime.peek() : null;
    const look = { style, mode, scale, fit, clockStart };
    const extras = untracked(() => this.inputs.extras.content(focus.candles));
    this.chart.setContent({ axis, width, window, runs, extras, ...look }, view);
    this.clipped.value = this.chart.clipped();
  }

  private close(): void {
    this.trouble.close();
    this.feed.close();
    this.chart?.close();
    this.chart = null;
  }
}
