import type { IChartApiBase, ISeriesApi, SeriesType } from "lightweight-charts";
import type { Alert } from "../api/alerts.ts";
import type { Candles, FoundPattern } from "../api/types.ts";
import { bucketStart, type Grid } from "../base/grid.ts";
import { type PriceScale, toPlotted } from "../base/priceScale.ts";
import { alertsByRow } from "../data/marks.ts";
import { type AlertMark, AlertMarks, type AlertSpot } from "./alertMarks.ts";
import type { DrawnIndicator } from "./indicator.ts";
import { IndicatorPanes } from "./indicatorPanes.ts";
import { Overlays } from "./overlays.ts";
import { type PatternMark, PatternMarks, type PatternSpot } from "./patternMarks.ts";
import type { Painter } from "./portrait.ts";
import type { ChartTheme } from "./theme.ts";

/** What is drawn beside the candles of the run in focus; its values belong to `focus`. */
export interface ExtrasContent {
  readonly overlays: readonly DrawnIndicator[];
  readonly panes: readonly DrawnIndicator[];
  readonly alerts: readonly Alert[];
  readonly patterns: readonly FoundPattern[];
}

export const NO_EXTRAS: ExtrasContent = { overlays: [], panes: [], alerts: [], patterns: [] };

/** A mark that is pointed at, or that stands for the candle under the crosshair. */
export interface Mark {
  readonly x: number;
  readonly y: number;
  readonly alerts: readonly Alert[];
  readonly patterns: readonly FoundPattern[];
}

/** Indicators, alerts and patterns of a candle chart. */
export class Extras {
  private readonly overlays = new Overlays();
  private readonly alerts = new AlertMarks();
  private readonly patterns = new PatternMarks();
  private readonly panes: IndicatorPanes;

  constructor(chart: IChartApiBase<number>, candles: ISeriesApi<SeriesType, number>) {
    this.panes = new IndicatorPanes(chart);
    candles.attachPrimitive(this.overlays);
    candles.attachPrimitive(this.patterns);
    candles.attachPrimitive(this.alerts);
  }

  /** What paints over the candles. */
  get painters(): readonly Painter[] {
    return [this.overlays, this.patterns, this.alerts];
  }

  /** The pane of each indicator that has one of its own. */
  get paneIndices(): ReadonlyMap<string, number> {
    return this.panes.indices;
  }

  setData(content: ExtrasContent, focus: Candles, grid: Grid, scale: PriceScale, theme: ChartTheme): void {
    const buckets = focus.columns.x.map((x) => bucketStart(grid, Math.round(x / grid.width) - grid.first));
    const { width } = grid;
    this.overlays.setData({ indicators: content.overlays, buckets, width, scale });
    this.panes.setData(content.panes, buckets, theme);
    const side = focus.polarity === "lower_is_better" ? "above" : "below";
    this.alerts.setData({ spots: alertSpots(content, focus, buckets, scale), width, side }, theme);
    const isLowerBetter = side === "above";
    const spots = patternSpots(content, focus, buckets, scale);
    this.patterns.setData({ spots, width, isLowerBetter }, theme);
  }

  /** Before the candles get another grid. */
  clear(): void {
    this.overlays.setData(null);
    this.panes.clear();
  }

  removePanes(): void {
    this.panes.close();
  }

  resized(): void {
    this.panes.makeRoomForTitles();
  }

  markOf(objectId: unknown): Mark | null {
    return together(this.alerts.markOf(objectId), this.patterns.markOf(objectId));
  }

  markAt(bucket: number): Mark | null {
    return together(this.alerts.markAt(bucket), this.patterns.markAt(bucket));
  }
}

function together(alert: AlertMark | null, pattern: PatternMark | null): Mark | null {
  const place = alert ?? pattern;
  if (place === null) return null;
  return { x: place.x, y: place.y, alerts: alert?.alerts ?? [], patterns: pattern?.patterns ?? [] };
}

function alertSpots(
  { alerts }: ExtrasContent,
  focus: Candles,
  buckets: Float64Array,
  scale: PriceScale,
): AlertSpot[] {
  const extreme = focus.polarity === "lower_is_better" ? focus.columns.high : focus.columns.low;
  return [...alertsByRow(alerts, focus)]
    .sort(([a], [b]) => a - b)
    .map(([row, there]) => ({
      bucket: buckets[row] ?? 0,
      price: toPlotted(extreme[row] ?? Number.NaN, scale),
      alerts: there,
    }));
}

function patternSpots(
  { patterns }: ExtrasContent,
  focus: Candles,
  buckets: Float64Array,
  scale: PriceScale,
): PatternSpot[] {
  const rows = new Map([...focus.columns.x].map((x, row) => [x, row]));
  const spots = new Map<number, FoundPattern[]>();
  for (const pattern of patterns) {
    const row = rows.get(pattern.x);
    if (row !== undefined) spots.set(row, [...(spots.get(row) ?? []), pattern]);
  }
  return [...spots].map(([row, there]) => ({
    bucket: buckets[row] ?? 0,
    high: toPlotted(focus.columns.high[row] ?? Number.NaN, scale),
    low: toPlotted(focus.columns.low[row] ?? Number.NaN, scale),
    patterns: there,
  }));
}
