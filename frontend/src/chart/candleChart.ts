import {
  type AutoscaleInfo,
  CandlestickSeries,
  createChartEx,
  HistogramSeries,
  type IChartApiBase,
  type ISeriesApi,
  LineSeries,
  type MouseEventParams,
} from "lightweight-charts";
import type { Candles } from "../api/types.ts";
import { type Axis, isNear, type Range } from "../base/axis.ts";
import { bucketStart, fromLogical, type Grid, gridOver, gridRange, toLogical } from "../base/grid.ts";
import { type Bars, barsOf, closeLine, gridPoints, mostlySinglePoints, type PriceScale } from "./bars.ts";
import { CutMarks } from "./cutMarks.ts";
import { Extras, type ExtrasContent, type Mark } from "./extras.ts";
import { LogAxis } from "./logAxis.ts";
import { NonFiniteMarks } from "./nonFiniteMarks.ts";
import { NumericScale } from "./numericScale.ts";
import {
  chartOptions,
  gridSeriesOptions,
  lineOptions,
  type PriceFit,
  priceFormat,
  roomForBodies,
  roomForConstants,
  volumeFormat,
} from "./options.ts";
import type { ChartTheme } from "./theme.ts";

export interface OverlayLine {
  readonly candles: Candles;
  readonly colour: string;
}

export interface ChartContent {
  readonly axis: Axis;
  readonly width: number;
  readonly window: Range;
  readonly focus: Candles;
  readonly overlays: readonly OverlayLine[];
  readonly scale: PriceScale;
  readonly fit: PriceFit;
  readonly extras: ExtrasContent;
}

/** What is on screen once it has been painted. */
export interface Painted {
  readonly focus: Candles;
  readonly view: Range;
  readonly plotPx: number;
  readonly panes: readonly number[];
  /** Which of the panes an indicator has. */
  readonly indicatorPanes: ReadonlyMap<string, number>;
}

export interface ChartListener {
  /** The crosshair is over the bucket that starts here, or nowhere. */
  hovered(bucket: number | null): void;
  /** A mark of an alert or a pattern is pointed at, or none. */
  pointed(mark: Mark | null): void;
  painted(painted: Painted): void;
  resized(plotPx: number): void;
}

// A label needs about this much room on the axis.
const LABEL_PX = 72;

const TITLE_PX = 24;

// Beyond this the bars are thinner than a pixel, and coarser ones are on their way.
const MOST_BUCKETS_ACROSS = 8000;

type Chart = IChartApiBase<number>;

/** Candles with their volume and the lines of other runs, on one grid. Draws what it is handed; fetches nothing. */
export class CandleChart {
  private readonly scale = new NumericScale();
  private readonly chart: Chart;
  private readonly gridSeries: ISeriesApi<"Line", number>;
  private readonly thread: ISeriesApi<"Line", number>;
  private readonly candles: ISeriesApi<"Candlestick", number>;
  private readonly volume: ISeriesApi<"Histogram", number>;
  private readonly lines: ISeriesApi<"Line", number>[] = [];
  private readonly marks = new NonFiniteMarks();
  private readonly cutMarks = new CutMarks();
  private readonly logAxis = new LogAxis();
  private readonly extras: Extras;
  private content: ChartContent | null = null;
  private bars: Bars | null = null;
  private grid: Grid | null = null;
  private wantedView: Range | null = null;
  private cursor: number | null = null;
  private frameRequest = 0;
  private readonly paneWatch = new ResizeObserver(() => this.panesResized());

  constructor(
    element: HTMLElement,
    private theme: ChartTheme,
    private readonly listener: ChartListener,
  ) {
    this.chart = createChartEx(element, this.scale, chartOptions(theme));
    this.gridSeries = this.chart.addSeries(LineSeries, gridSeriesOptions());
    this.thread = this.chart.addSeries(LineSeries, lineOptions(theme.thread, "linear"));
    this.candles = this.chart.addSeries(CandlestickSeries, {
      lastValueVisible: false,
      priceLineVisible: false,
      priceFormat: priceFormat("linear"),
      autoscaleInfoProvider: (original: () => AutoscaleInfo | null) =>
        roomForConstants(() => this.room() ?? original()),
    });
    this.candles.attachPrimitive(this.logAxis);
    this.candles.attachPrimitive(this.cutMarks);
    this.extras = new Extras(this.chart, this.candles);
    this.volume = this.chart.addSeries(HistogramSeries, volumeOptions(theme), 1);
    this.chart.panes()[0]?.setStretchFactor(4);
    this.chart.panes()[1]?.setStretchFactor(1);
    this.chart.panes()[0]?.attachPrimitive(this.marks);
    this.makeRoomForTitle();
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

  /** How many candles could not be drawn in full on a log scale. */
  clipped(): number {
    return this.bars?.clipped ?? 0;
  }

  hasNonFinite(): boolean {
    return (this.bars?.nonfinite.length ?? 0) > 0;
  }

  setContent(content: ChartContent, view: Range): void {
    const before = this.content;
    this.content = content;
    if (before === null || before.axis !== content.axis || before.width !== content.width) this.clear();
    this.scale.axis = content.axis;
    this.scale.width = content.width;
    if (before?.scale !== content.scale) this.formatPrices(content.scale);
    if (before?.fit !== content.fit) this.fitPrices();
    this.wantedView = view;
    this.layGrid(content, view);
    this.drawSeries(content);
    this.showView(view);
  }

  /** Draws other indicators and marks, and nothing else anew. */
  setExtras(extras: ExtrasContent): void {
    const { content, grid } = this;
    if (content === null || grid === null) return;
    this.content = { ...content, extras };
    this.drawExtras(this.content, grid);
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
    this.makeRoomForTitle();
    if (this.content?.scale === "log") this.logAxis.show(theme);
    this.thread.applyOptions({ color: theme.thread });
    this.volume.applyOptions({ color: theme.volume });
    if (this.content && this.wantedView) this.setContent(this.content, this.wantedView);
  }

  /** Puts the crosshair on a bucket, as the keyboard does; null takes it away. */
  setCursor(bucket: number | null): void {
    this.cursor = bucket;
    if (bucket === null) this.chart.clearCrosshairPosition();
    else this.afterFrame();
  }

  /** The mark that stands for a candle, as it was drawn last. */
  markAt(bucket: number): Mark | null {
    return this.extras.markAt(bucket);
  }

  close(): void {
    cancelAnimationFrame(this.frameRequest);
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
    this.makeRoomForTitle();
    this.reportPainted();
  }

  /** The volume pane's title stands above its bars; options of the whole chart undo this. */
  private makeRoomForTitle(): void {
    const height = this.chart.panes()[1]?.getHeight() ?? 0;
    const top = height > 0 ? Math.min(0.6, TITLE_PX / height) : 0;
    this.volume.priceScale().applyOptions({ scaleMargins: { top, bottom: 0 } });
    this.extras.resized();
  }

  /** All series of the pane, because the library lets any of them format its scale. */
  private formatPrices(scale: PriceScale): void {
    const options = { priceFormat: priceFormat(scale) };
    for (const series of [this.candles, this.thread, ...this.lines]) series.applyOptions(options);
    this.chart.applyOptions({ grid: { horzLines: { visible: scale === "linear" } } });
    this.makeRoomForTitle();
    this.logAxis.show(scale === "log" ? this.theme : null);
    this.fitPrices();
  }

  /** Undoes what dragging the price axis did. */
  private fitPrices(): void {
    this.chart.priceScale("right").applyOptions({ autoScale: true });
  }

  private room(): AutoscaleInfo | null {
    if (this.content?.fit !== "bodies" || this.bars === null || this.wantedView === null) return null;
    return roomForBodies(this.bars.candles, this.wantedView);
  }

  private clear(): void {
    for (const series of [this.gridSeries, this.thread, this.candles, this.volume, ...this.lines]) {
      series.setData([]);
    }
    this.extras.clear();
  }

  private layGrid(content: ChartContent, view: Range): void {
    const span = view.to - view.from;
    const from = Math.min(content.window.from, view.from - span);
    const to = Math.max(content.window.to, view.to + span);
    this.grid = gridOver({ from, to }, content.width);
    this.gridSeries.setData(gridPoints(this.grid));
  }

  private drawSeries(content: ChartContent): void {
    const grid = this.grid as Grid;
    this.bars = barsOf(content.focus, grid, content.scale, this.theme);
    this.cutMarks.setData(this.bars.candles);
    this.candles.setData(this.bars.candles);
    this.volume.setData(this.bars.volume);
    this.thread.setData(mostlySinglePoints(content.focus) ? this.bars.closes : []);
    this.marks.setData(this.bars.nonfinite, this.theme.nonfinite);
    this.drawLines(content, grid);
    this.drawExtras(content, grid);
  }

  private drawExtras({ extras, focus, scale }: ChartContent, grid: Grid): void {
    this.extras.setData(extras, focus, grid, scale, this.theme);
    this.watchPanes();
  }

  // Lines are kept and reused: the library is slow at removing series.
  private drawLines({ overlays, scale }: ChartContent, grid: Grid): void {
    while (this.lines.length < overlays.length) {
      this.lines.push(this.chart.addSeries(LineSeries, lineOptions("#000", scale)));
      this.candles.setSeriesOrder(this.lines.length + 2);
    }
    this.lines.forEach((line, i) => {
      const overlay = overlays[i];
      if (overlay) line.applyOptions({ color: overlay.colour });
      if (overlay || line.data().length > 0) {
        line.setData(overlay ? closeLine(overlay.candles, grid, scale) : []);
      }
    });
  }

  private showView(view: Range): void {
    const { content, grid } = this;
    if (content === null || grid === null) return;
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
    if (this.cursor === null) return;
    const bar = this.bars?.candles.find(({ time }) => time === this.cursor);
    if (bar) this.chart.setCrosshairPosition(bar.close, this.cursor, this.candles);
    else this.chart.clearCrosshairPosition();
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
    if (logical === null || this.grid === null || this.content === null) return;
    const { focus } = this.content;
    const seen = fromLogical(this.grid, logical);
    // The way through the library's positions rounds differently on every grid.
    const view = this.wantedView && isNear(seen, this.wantedView) ? this.wantedView : seen;
    const panes = this.chart.panes().map((pane) => pane.getHeight());
    const indicatorPanes = this.extras.paneIndices;
    this.listener.painted({ focus, view, plotPx: this.plotPx(), panes, indicatorPanes });
  }

  private crosshairMoved(event: MouseEventParams<number>): void {
    // Without a source the library only repeats itself after new data; the keyboard's candle stays.
    if (this.cursor !== null && event.sourceEvent === undefined) return;
    this.cursor = null;
    const index = event.logical;
    const outside = event.point === undefined || index === undefined || this.grid === null;
    this.listener.hovered(outside ? null : bucketStart(this.grid as Grid, index as number));
    this.listener.pointed(outside ? null : this.extras.markOf(event.hoveredInfo?.objectId));
  }
}

const volumeOptions = (theme: ChartTheme) => ({
  color: theme.volume,
  lastValueVisible: false,
  priceLineVisible: false,
  priceFormat: volumeFormat(),
});
