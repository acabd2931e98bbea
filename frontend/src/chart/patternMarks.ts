import type {
  IChartApiBase,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  PrimitiveHoveredItem,
  SeriesAttachedParameter,
  SeriesType,
} from "lightweight-charts";
import type { FoundPattern, PatternDirection } from "../api/types.ts";
import { clustersOf } from "../data/marks.ts";
import { bucketsToX } from "./positions.ts";
import type { ChartTheme } from "./theme.ts";

type DrawTarget = Parameters<IPrimitivePaneRenderer["draw"]>[0];

const HALF_PX = 4.5;
const FROM_CANDLE_PX = 9;
const FROM_EDGE_PX = 8;
const REACH_PX = 8;

/** Patterns that end in one candle. */
export interface PatternSpot {
  readonly bucket: number;
  /** As plotted. */
  readonly high: number;
  readonly low: number;
  readonly patterns: readonly FoundPattern[];
}

export interface PatternMarksContent {
  /** In the order of the axis. */
  readonly spots: readonly PatternSpot[];
  readonly width: number;
  /** Whether a lower value is better: a pattern that promises lower ones points down, from above. */
  readonly isLowerBetter: boolean;
}

/** A mark as it was drawn last, in pixels of the pane. */
export interface PatternMark {
  readonly x: number;
  readonly y: number;
  readonly patterns: readonly FoundPattern[];
  readonly buckets: readonly number[];
  readonly direction: PatternDirection;
}

/** Small marks at the candles that patterns end in: filled where they promise worse, hollow where better. */
export class PatternMarks implements ISeriesPrimitive<number> {
  private chart: IChartApiBase<number> | undefined;
  private series: ISeriesApi<SeriesType, number> | undefined;
  private redraw: (() => void) | undefined;
  private content: PatternMarksContent | null = null;
  private theme: ChartTheme | null = null;
  private drawn: readonly PatternMark[] = [];
  private readonly views: readonly IPrimitivePaneView[] = [
    { zOrder: () => "top", renderer: () => ({ draw: (target) => this.draw(target) }) },
  ];

  attached({ chart, series, requestUpdate }: SeriesAttachedParameter<number>): void {
    this.chart = chart;
    this.series = series;
    this.redraw = requestUpdate;
  }

  detached(): void {
    this.chart = undefined;
    this.series = undefined;
    this.redraw = undefined;
  }

  setData(content: PatternMarksContent | null, theme: ChartTheme): void {
    this.content = content;
    this.theme = theme;
    // Without any, nothing is drawn that would say so.
    if (content === null || content.spots.length === 0) this.drawn = [];
    this.redraw?.();
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.content === null || this.content.spots.length === 0 ? [] : this.views;
  }

  hitTest(x: number, y: number): PrimitiveHoveredItem | null {
    const at = this.drawn.findIndex(
      (mark) => Math.abs(mark.x - x) <= REACH_PX && Math.abs(mark.y - y) <= REACH_PX,
    );
    return at < 0 ? null : { externalId: `pattern-${at}`, zOrder: "top", cursorStyle: "help" };
  }

  /** The mark of an object that the library says is pointed at. */
  markOf(objectId: unknown): PatternMark | null {
    return this.drawn.find((_, at) => objectId === `pattern-${at}`) ?? null;
  }

  /** The mark that stands for a candle. */
  markAt(bucket: number): PatternMark | null {
    return this.drawn.find(({ buckets }) => buckets.includes(bucket)) ?? null;
  }

  private draw(target: DrawTarget): void {
    const { theme } = this;
    if (theme === null) return;
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      this.drawn = this.layOut(mediaSize.width, mediaSize.height);
      for (const mark of this.drawn) drawMark(context, mark, theme, this.content?.isLowerBetter ?? true);
    });
  }

  private layOut(width: number, height: number): readonly PatternMark[] {
    const { chart, series, content } = this;
    const [first] = content?.spots ?? [];
    const toX = chart && content && first && bucketsToX(chart.timeScale(), first.bucket, content.width);
    if (!content || !series || !toX) return [];
    const spots = content.spots.filter(
      ({ bucket }) => toX(bucket) > -HALF_PX && toX(bucket) < width + HALF_PX,
    );
    const clusters = clustersOf(
      spots.map(({ bucket }) => toX(bucket)),
      () => 2 * HALF_PX,
    );
    return clusters.flatMap(({ x, members }) => {
      const there = members.flatMap((at) => spots[at] ?? []);
      const patterns = there.flatMap((spot) => spot.patterns);
      const direction = strongest(patterns);
      const y = placeY(series, there, isAbove(direction, content.isLowerBetter), height);
      return y === null ? [] : { x, y, patterns, direction, buckets: there.map(({ bucket }) => bucket) };
    });
  }
}

/** Bad news first, and a pause only where there is nothing else. */
const strongest = (patterns: readonly FoundPattern[]): PatternDirection =>
  (["worse", "better"] as const).find((direction) => patterns.some((one) => one.direction === direction)) ??
  "neutral";

/** What promises lower values stands above the candle and points down. */
const isAbove = (direction: PatternDirection, isLowerBetter: boolean): boolean =>
  direction !== "neutral" && (direction === "better") === isLowerBetter;

function placeY(
  series: ISeriesApi<SeriesType, number>,
  spots: readonly PatternSpot[],
  above: boolean,
  height: number,
): number | null {
  const edge = above ? Math.max(...spots.map(({ high }) => high)) : Math.min(...spots.map(({ low }) => low));
  const y = series.priceToCoordinate(edge);
  if (y === null || !Number.isFinite(y)) return null;
  const wanted = above ? y - FROM_CANDLE_PX : y + FROM_CANDLE_PX;
  return Math.min(height - FROM_EDGE_PX, Math.max(FROM_EDGE_PX, wanted));
}

function drawMark(
  context: CanvasRenderingContext2D,
  { x, y, direction }: PatternMark,
  theme: ChartTheme,
  isLowerBetter: boolean,
): void {
  const colour = direction === "neutral" ? theme.text : theme.candle[direction];
  const tip = isAbove(direction, isLowerBetter) ? HALF_PX : -HALF_PX;
  context.save();
  context.beginPath();
  if (direction === "neutral") {
    for (const [dx, dy] of [
      [0, -1],
      [1, 0],
      [0, 1],
      [-1, 0],
    ] as const) {
      context.lineTo(x + dx * HALF_PX, y + dy * HALF_PX);
    }
  } else {
    context.moveTo(x, y + tip);
    context.lineTo(x - HALF_PX, y - tip);
    context.lineTo(x + HALF_PX, y - tip);
  }
  context.closePath();
  context.fillStyle = direction === "worse" ? colour : theme.background;
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.fill();
  context.stroke();
  context.restore();
}
