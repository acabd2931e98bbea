import { createChartEx, type IChartApiBase, type MouseEventParams } from "lightweight-charts";
import { isNear, type Range } from "../base/axis.ts";
import {
  bucketAt,
  bucketStart,
  fromLogical,
  type Grid,
  gridOver,
  gridRange,
  toLogical,
} from "../base/grid.ts";
import { rowFrom } from "./bars.ts";
import type { ChartContent, ChartListener } from "./candleContent.ts";
import { Extras, type ExtrasContent, type Mark, NO_EXTRAS } from "./extras.ts";
import { NumericScale } from "./numericScale.ts";
import { chartOptions } from "./options.ts";
import type { Portrait } from "./portrait.ts";
import { PricePane } from "./pricePane.ts";
import { roomFor, type Strand, strandsOf } from "./strands.ts";
import type { ChartTheme } from "./theme.ts";
import { type Touched, touchedAt } from "./touch.ts";
import { VolumePane } from "./volumePane.ts";

/** What the pointer is over. */
interface Hover {
  readonly bucket: number | null;
  readonly pane: number;
  readonly mark: Mark | null;
}

// A label needs about this much room on the axis.
const LABEL_PX = 72;

// Beyond this the bars are thinner than a pixel, and coarser ones are on their way.
const MOST_BUCKETS_ACROSS = 8000;

const REST_PX = 4;

/** Prices take so many times the room of volume. */
const PRICE_STRETCH = 4;

type Chart = IChartApiBase<number>;

/** Candles of one or more runs with their volume, on one grid. Draws what it is handed; fetches nothing. */
export class CandleChart {
  private readonly scale = new NumericScale();
  private readonly chart: Chart;
  private readonly prices: PricePane[] = [];
  private readonly extras: Extras;
  private volume: VolumePane | null = null;
  private content: ChartContent | null = null;
  private strands: readonly (readonly Strand[])[] = [];
  private grid: Grid | null = null;
  private wantedView: Range | null = null;
  private cursor: number | null = null;
  private pointer: { readonly clientX: number; readonly clientY: number } | null = null;
  private frameRequest = 0;
  private hover: Hover | null = null;
  private readonly paneWatch = new ResizeObserver(() => this.panesResized());

  constructor(
    element: HTMLElement,
    private theme: ChartTheme,
    private readonly listener: ChartListener,
  ) {
    this.chart = createChartEx(element, this.scale, chartOptions(theme));
    const first = new PricePane(this.chart, 0);
    this.prices.push(first);
    this.extras = new Extras(this.chart, first.series);
    this.chart.subscribeCrosshairMove((event) => this.crosshairMoved(event));
    this.chart.timeScale().subscribeSizeChange(() => this.listener.resized(this.plotPx()));
    this.frameRequest = requestAnimationFrame(() => this.watchSize());
  }

  plotPx(): number {
    return this.chart.timeScale().width();
  }

  view(): Range | null {
    return this.wantedView;
  }

  /** How many candles of the run in focus could not be drawn in full on a log scale. */
  clipped(): number {
    return this.strands[0]?.[0]?.bars.clipped ?? 0;
  }

  setContent(content: ChartContent, view: Range): void {
    const before = this.content;
    this.content = content;
    if (before?.clockStart !== content.clockStart || before.axis !== content.axis) this.grid = null;
    Object.assign(this.scale, { axis: content.axis, width: content.width, clockStart: content.clockStart });
    this.wantedView = view;
    this.strands = strandsOf(content.runs, content);
    this.layPanes();
    this.layGrid(content, view);
    this.drawSeries(content);
    if (before?.fit !== content.fit || before.scale !== content.scale) this.fitPrices();
    this.showView(view);
    for (const pane of [...this.prices, this.volume]) pane?.refit();
  }

  /** Draws other indicators and marks, and nothing else anew. */
  setExtras(extras: ExtrasContent): void {
    const { content, grid } = this;
    if (content === null || grid === null) return;
    this.content = { ...content, extras };
    this.drawExtras(this.content, grid);
    this.makeRoomForTitles();
    this.afterFrame();
  }

  setView(view: Range): void {
    this.wantedView = view;
    this.listener.pointed(null);
    const { content, grid } = this;
    if (content === null || grid === null) return;
    const laid = gridRange(grid);
    // Far from what is held the coarse bars stay, on a longer grid, until finer ones arrive.
    const outside = view.from < laid.from || view.to > laid.to;
    if (outside && (view.to - view.from) / content.width < MOST_BUCKETS_ACROSS) this.layGrid(content, view);
    this.showView(view);
  }

  setTheme(theme: ChartTheme): void {
    this.theme = theme;
    this.chart.applyOptions(chartOptions(theme));
    if (this.content && this.wantedView) this.setContent(this.content, this.wantedView);
  }

  /** Puts the crosshair on a bucket, as the keyboard does; null takes it away. */
  setCursor(bucket: number | null): void {
    this.cursor = bucket;
    this.hover = null;
    if (bucket === null) this.chart.clearCrosshairPosition();
    else this.afterFrame();
  }

  /** The candle at a place in the chart, from its upper left corner. */
  touched(x: number, y: number): Touched | null {
    const { grid } = this;
    const spacing = this.plotPx() / this.bucketsAcross();
    const logical = this.chart.timeScale().coordinateToLogical(x);
    if (grid === null || logical === null || x > this.plotPx()) return null;
    let top = 0;
    for (const [i, pane] of this.paneHeights().entries()) {
      const [prices, strands] = [this.prices[i], this.strands[i]];
      if (prices && strands && y >= top && y < top + pane) {
        const bucket = logical + grid.first;
        const middle = this.chart.timeScale().logicalToCoordinate(logical) ?? Number.NaN;
        const yOf = (plotted: number) => prices.series.priceToCoordinate(plotted) ?? Number.NaN;
        return touchedAt(strands, { bucket, dx: x - middle, y: y - top, spacing, yOf });
      }
      top += pane + 1;
    }
    return null;
  }

  /** The mark that stands for a candle, as it was drawn last. */
  markAt(bucket: number): Mark | null {
    return this.extras.markAt(bucket);
  }

  /** As it can be drawn elsewhere; null before there is anything. */
  portrait(): Portrait | null {
    const { chart, content, theme, wantedView: view } = this;
    if (content === null || view === null) return null;
    const { axis, width, scale, clockStart } = content;
    const prices = this.prices.map(({ painter }, i) => {
      return { painters: i === 0 ? [painter, ...this.extras.painters] : [painter], scale };
    });
    const volume = this.volume ? [{ painters: [this.volume.painter], scale: "linear" as const }] : [];
    return { chart, axis, view, width, clockStart, panes: [...prices, ...volume], theme };
  }

  close(): void {
    cancelAnimationFrame(this.frameRequest);
    this.hover = null;
    this.paneWatch.disconnect();
    this.chart.remove();
  }

  /** The first size was set before anybody could listen; panes change theirs by dragging, too. */
  private watchSize(): void {
    this.listener.resized(this.plotPx());
    this.watchPanes();
  }

  /** Those that are watched already stay so. */
  private watchPanes(): void {
    for (const pane of this.chart.panes()) {
      const element = pane.getHTMLElement();
      if (element) this.paneWatch.observe(element);
    }
  }

  private panesResized(): void {
    this.makeRoomForTitles();
    this.reportPainted();
  }

  private paneHeights(): number[] {
    return this.chart.panes().map((pane) => pane.getHeight());
  }

  private bucketsAcross(): number {
    const { wantedView, content } = this;
    return wantedView && content ? (wantedView.to - wantedView.from) / content.width : 1;
  }

  /** As many panes of prices as there is to draw, and volume where there is one pane for it to be of. */
  private layPanes(): void {
    const wanted = Math.max(1, this.strands.length);
    const hasVolume = this.content?.mode !== "each";
    const [hadVolume, count] = [this.volume !== null, this.prices.length];
    if (!hasVolume) {
      this.volume?.close();
      this.volume = null;
      this.extras.removePanes();
    }
    while (this.prices.length > wanted) this.prices.pop()?.close();
    while (this.prices.length < wanted) {
      const pane = new PricePane(this.chart, this.prices.length);
      this.prices.push(pane);
      if (this.content) pane.setScale(this.content.scale, this.theme, false);
    }
    if (hasVolume && !hadVolume) this.volume = new VolumePane(this.chart, this.prices.length);
    // Unless something else has come or gone, panes stay as tall as they were pulled.
    if (hasVolume === hadVolume && count === wanted) return;
    const panes = this.chart.panes();
    for (let i = 0; i < wanted; i++) panes[i]?.setStretchFactor(hasVolume ? PRICE_STRETCH : 1);
    if (hasVolume) panes[wanted]?.setStretchFactor(1);
  }

  private fitPrices(): void {
    for (const pane of this.prices) pane.fit();
  }

  private layGrid(content: ChartContent, view: Range): void {
    const span = view.to - view.from;
    const from = Math.min(content.window.from, view.from - span);
    const to = Math.max(content.window.to, view.to + span);
    const grid = gridOver({ from, to }, content.width);
    // Buckets of another kind may not stand between these for a moment.
    if (this.grid?.width !== grid.width) {
      for (const pane of [...this.prices, this.volume, this.extras]) pane?.clear();
    }
    this.grid = grid;
    for (const [i, pane] of this.prices.entries()) pane.lay(grid, i === 0);
    this.volume?.lay(grid);
  }

  private drawSeries({ runs, scale }: ChartContent): void {
    const isNeverBelowZero = runs.every(({ candles }) => candles.columns.low.every((low) => !(low < 0)));
    for (const [i, pane] of this.prices.entries()) {
      pane.setScale(scale, this.theme, isNeverBelowZero);
      pane.show(this.strands[i] ?? [], this.theme);
    }
    const [focus] = runs;
    if (focus) this.volume?.show(focus.candles, this.theme);
    if (this.grid && this.content) this.drawExtras(this.content, this.grid);
    this.makeRoomForTitles();
  }

  private drawExtras({ extras, runs, scale, mode }: ChartContent, grid: Grid): void {
    const [focus] = runs;
    if (!focus) return;
    const polarity = focus.polarity ?? focus.candles.polarity;
    const candles = { ...focus.candles, polarity };
    this.extras.setData(mode === "each" ? NO_EXTRAS : extras, candles, grid, scale, this.theme);
    this.watchPanes();
  }

  /** Options of the whole chart undo it. */
  private makeRoomForTitles(): void {
    const [heights, { content }] = [this.paneHeights(), this];
    const lines = content?.mode === "each" ? 0 : (content?.extras.overlays.length ?? 0);
    this.prices[0]?.makeRoomForLabels(lines, heights[0] ?? 0);
    this.volume?.makeRoomForTitle(heights[this.prices.length] ?? 0);
    this.extras.resized();
  }

  private showView(view: Range): void {
    const { content, grid } = this;
    if (content === null || grid === null) return;
    // One room for all panes, so that they can be compared.
    const room = roomFor(this.strands.flat(), content.fit, view);
    for (const pane of this.prices) pane.setRoom(room);
    this.volume?.fitTo(view, content.width);
    this.setTickUnit(view);
    this.chart.timeScale().setVisibleLogicalRange(toLogical(grid, view));
    this.afterFrame();
  }

  private afterFrame(): void {
    cancelAnimationFrame(this.frameRequest);
    this.frameRequest = requestAnimationFrame(() => {
      this.placeCursor();
      this.reportPainted();
    });
  }

  /** Only once the view is applied: before, the library may know no price to place a crosshair by, and throws. */
  private placeCursor(): void {
    const { cursor, content } = this;
    const [pane, strand] = [this.prices[0], this.strands[0]?.[0]];
    if (cursor === null || !content || !pane || !strand) return;
    const bucket = bucketAt(cursor, content.width);
    const row = rowFrom(strand.bars, bucket);
    const close = strand.bars.bucket[row] === bucket ? strand.bars.close[row] : undefined;
    if (close === undefined) this.chart.clearCrosshairPosition();
    else this.chart.setCrosshairPosition(close, bucket * content.width, pane.series);
  }

  private setTickUnit(view: Range): void {
    this.scale.view = view;
    this.scale.plotPx = this.plotPx();
    const labels = Math.max(1, this.plotPx() / LABEL_PX);
    const unit = 10 ** Math.max(0, Math.floor(Math.log10((view.to - view.from) / labels)));
    if (unit === this.scale.tickUnit) return;
    this.scale.tickUnit = unit;
    // The library keeps labels until its options are set again.
    this.chart.timeScale().applyOptions({});
  }

  private reportPainted(): void {
    const logical = this.chart.timeScale().getVisibleLogicalRange();
    const focus = this.content?.runs[0]?.candles;
    if (logical === null || this.grid === null || !focus) return;
    const seen = fromLogical(this.grid, logical);
    // The way through the library's positions rounds differently on every grid.
    const view = this.wantedView && isNear(seen, this.wantedView) ? this.wantedView : seen;
    const [panes, indicatorPanes] = [this.paneHeights(), this.extras.paneIndices];
    this.listener.painted({ focus, view, plotPx: this.plotPx(), panes, indicatorPanes });
  }

  /** New data under a pointer that lies still makes events, too, and a hand that clicks moves a little. */
  private isAtRest({ sourceEvent: at }: MouseEventParams<number>): boolean {
    if (at === undefined) return true;
    const from = this.pointer;
    return from !== null && Math.hypot(at.clientX - from.clientX, at.clientY - from.clientY) < REST_PX;
  }

  private crosshairMoved(event: MouseEventParams<number>): void {
    // Without a source the library only repeats itself after new data; the keyboard's candle stays.
    if (this.cursor !== null && this.isAtRest(event)) return;
    this.cursor = null;
    this.pointer = event.sourceEvent ?? null;
    // While it is dragged, the chart moves under the pointer and then with it: the last of a frame counts.
    if (this.hover === null) requestAnimationFrame(() => this.reportHovered());
    this.hover = this.hoverOf(event);
  }

  /** At once: by the next frame there may be another grid, and other marks. */
  private hoverOf({ point, logical, paneIndex = 0, hoveredInfo }: MouseEventParams<number>): Hover {
    const { grid } = this;
    if (point === undefined || logical === undefined || grid === null) {
      return { bucket: null, pane: paneIndex, mark: null };
    }
    const mark = this.extras.markOf(hoveredInfo?.objectId);
    return { bucket: bucketStart(grid, logical), pane: paneIndex, mark };
  }

  private reportHovered(): void {
    const { hover } = this;
    this.hover = null;
    if (hover === null) return;
    this.listener.hovered(hover.bucket, hover.pane);
    this.listener.pointed(hover.mark);
  }
}
