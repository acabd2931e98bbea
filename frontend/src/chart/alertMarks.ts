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
import type { Alert } from "../api/alerts.ts";
import type { Severity } from "../base/severity.ts";
import { countOf, kindWords } from "../base/words/alerts.ts";
import { clustersOf, worstOf } from "../data/marks.ts";
import { FONT } from "./options.ts";
import { bucketsToX } from "./positions.ts";
import type { ChartTheme } from "./theme.ts";

type DrawTarget = Parameters<IPrimitivePaneRenderer["draw"]>[0];

const MARK_PX = 20;
const GAP_PX = 2;
const FROM_CANDLE_PX = 15;
const FROM_EDGE_PX = 12;
const LETTER_PX = 11;
const CHARACTER_PX = 6.3;
const PILL_PADDING_PX = 16;
const PILL_HEIGHT_PX = 18;

/** Alerts of one candle. */
export interface AlertSpot {
  readonly bucket: number;
  /** As plotted: what the mark stands above or below; NaN where the candle has no price. */
  readonly price: number;
  readonly alerts: readonly Alert[];
}

export interface AlertMarksContent {
  /** In the order of the axis. */
  readonly spots: readonly AlertSpot[];
  readonly width: number;
  /** Where the worse values are. */
  readonly side: "above" | "below";
}

/** A mark as it was drawn last, in pixels of the pane. */
export interface AlertMark {
  readonly x: number;
  readonly y: number;
  readonly halfPx: number;
  readonly alerts: readonly Alert[];
  /** Of its spots. */
  readonly buckets: readonly number[];
}

/**
 * Alerts at their candles: shape and colour say how grave, the letter says which kind. What would overlap is one
 * mark that counts: `12 spikes`. A primitive, because the library's own markers are slow among many bars.
 */
export class AlertMarks implements ISeriesPrimitive<number> {
  private chart: IChartApiBase<number> | undefined;
  private series: ISeriesApi<SeriesType, number> | undefined;
  private redraw: (() => void) | undefined;
  private content: AlertMarksContent | null = null;
  private theme: ChartTheme | null = null;
  private drawn: readonly AlertMark[] = [];
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

  setData(content: AlertMarksContent | null, theme: ChartTheme): void {
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
    const at = this.drawn.findIndex((mark) => isOver(mark, x, y));
    return at < 0 ? null : { externalId: `alert-${at}`, zOrder: "top", cursorStyle: "pointer" };
  }

  /** The mark of an object that the library says is pointed at. */
  markOf(objectId: unknown): AlertMark | null {
    return this.drawn.find((_, at) => objectId === `alert-${at}`) ?? null;
  }

  /** The mark that stands for a candle. */
  markAt(bucket: number): AlertMark | null {
    return this.drawn.find(({ buckets }) => buckets.includes(bucket)) ?? null;
  }

  private draw(target: DrawTarget): void {
    const { theme } = this;
    if (theme === null) return;
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      this.drawn = this.layOut(mediaSize.width, mediaSize.height);
      context.save();
      context.font = `700 ${LETTER_PX}px ${FONT}`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      for (const mark of this.drawn) drawMark(context, mark, theme);
      context.restore();
    });
  }

  private layOut(width: number, height: number): readonly AlertMark[] {
    const { chart, series, content } = this;
    const [first] = content?.spots ?? [];
    const toX = chart && content && first && bucketsToX(chart.timeScale(), first.bucket, content.width);
    if (!content || !series || !toX) return [];
    const spots = content.spots.filter(
      ({ bucket }) => toX(bucket) > -MARK_PX && toX(bucket) < width + MARK_PX,
    );
    const yOf = ({ price }: AlertSpot) => placeY(series.priceToCoordinate(price), content.side, height);
    const clusters = clustersOf(
      spots.map(({ bucket }) => toX(bucket)),
      (members) => widthPx(members.flatMap((at) => spots[at]?.alerts ?? [])),
    );
    return clusters.map(({ x, halfPx, members }) => {
      const there = members.flatMap((at) => spots[at] ?? []);
      const outermost = content.side === "above" ? Math.min : Math.max;
      return {
        x,
        y: outermost(...there.map(yOf)),
        halfPx: halfPx - GAP_PX,
        alerts: there.flatMap(({ alerts }) => alerts),
        buckets: there.map(({ bucket }) => bucket),
      };
    });
  }
}

const isOver = (mark: AlertMark, x: number, y: number): boolean =>
  Math.abs(x - mark.x) <= mark.halfPx + GAP_PX && Math.abs(y - mark.y) <= MARK_PX / 2 + GAP_PX;

/** Within the pane, however far the candle reaches; at its foot where there is no price. */
function placeY(y: number | null, side: "above" | "below", height: number): number {
  const bottom = height - FROM_EDGE_PX;
  if (y === null || !Number.isFinite(y)) return bottom - FROM_EDGE_PX;
  return Math.min(bottom, Math.max(FROM_EDGE_PX, side === "above" ? y - FROM_CANDLE_PX : y + FROM_CANDLE_PX));
}

const textOf = (alerts: readonly Alert[]): string => countOf(alerts.map(({ kind }) => kind));

const widthPx = (alerts: readonly Alert[]): number =>
  2 * GAP_PX + (alerts.length === 1 ? MARK_PX : textOf(alerts).length * CHARACTER_PX + PILL_PADDING_PX);

function drawMark(context: CanvasRenderingContext2D, mark: AlertMark, theme: ChartTheme): void {
  const [alert] = mark.alerts;
  const severity = worstOf(mark.alerts);
  const { fill, ink } = theme.alert[severity];
  const isOne = mark.alerts.length === 1;
  context.fillStyle = fill;
  context.strokeStyle = theme.background;
  context.lineWidth = 2;
  context.beginPath();
  if (isOne) shape(context, severity, mark.x, mark.y);
  else pill(context, mark);
  context.stroke();
  context.fill();
  context.fillStyle = ink;
  const text = isOne && alert ? kindWords(alert.kind).letter : textOf(mark.alerts);
  // A triangle is widest at its foot.
  context.fillText(text, mark.x, mark.y + (isOne && severity === "warning" ? 3 : 0.5));
}

function shape(context: CanvasRenderingContext2D, severity: Severity, x: number, y: number): void {
  const half = MARK_PX / 2;
  if (severity === "info") context.arc(x, y, half - 1, 0, 2 * Math.PI);
  else {
    const corners =
      severity === "critical"
        ? [
            [0, -half - 1],
            [half + 1, 0],
            [0, half + 1],
            [-half - 1, 0],
          ]
        : [
            [0, -half],
            [half + 1, half - 1],
            [-half - 1, half - 1],
          ];
    for (const [dx = 0, dy = 0] of corners) context.lineTo(x + dx, y + dy);
    context.closePath();
  }
}

function pill(context: CanvasRenderingContext2D, { x, y, halfPx }: AlertMark): void {
  context.roundRect(x - halfPx, y - PILL_HEIGHT_PX / 2, 2 * halfPx, PILL_HEIGHT_PX, PILL_HEIGHT_PX / 2);
}
