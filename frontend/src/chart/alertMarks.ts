import type { Alert } from "../api/alerts.ts";
import type { Severity } from "../base/severity.ts";
import { countOf, kindWords } from "../base/words/alerts.ts";
import { type Cluster, worstOf } from "../data/marks.ts";
import { type DrawnMark, MarkLayer, type MarkPane, type MarksContent, type Spot } from "./markLayer.ts";
import { FONT } from "./options.ts";
import type { ChartTheme } from "./theme.ts";

const MARK_PX = 20;
const GAP_PX = 2;
const FROM_CANDLE_PX = 15;
const FROM_EDGE_PX = 12;
const LETTER_PX = 11;
const CHARACTER_PX = 6.3;
const PILL_PADDING_PX = 16;
const PILL_HEIGHT_PX = 18;

/** Alerts of one candle. */
export interface AlertSpot extends Spot {
  /** As plotted: what the mark stands above or below; NaN where the candle has no price. */
  readonly price: number;
  readonly alerts: readonly Alert[];
}

export interface AlertMarksContent extends MarksContent<AlertSpot> {
  /** Where the worse values are. */
  readonly side: "above" | "below";
}

export interface AlertMark extends DrawnMark {
  readonly halfPx: number;
  readonly alerts: readonly Alert[];
}

/**
 * Alerts at their candles: shape and colour say how grave, the letter says which kind. What would overlap is one
 * mark that counts: `12 spikes`.
 */
export class AlertMarks extends MarkLayer<AlertSpot, AlertMarksContent, AlertMark> {
  constructor() {
    super({ name: "alert", cursor: "pointer", reachPx: MARK_PX });
  }

  protected widthPx(spots: readonly AlertSpot[]): number {
    return widthPx(spots.flatMap(({ alerts }) => alerts));
  }

  protected place(
    spots: readonly AlertSpot[],
    { x, halfPx }: Cluster,
    { side }: AlertMarksContent,
    { height, yOf }: MarkPane,
  ): AlertMark {
    const outermost = side === "above" ? Math.min : Math.max;
    return {
      x,
      y: outermost(...spots.map(({ price }) => placeY(yOf(price), side, height))),
      halfPx: halfPx - GAP_PX,
      alerts: spots.flatMap(({ alerts }) => alerts),
      buckets: spots.map(({ bucket }) => bucket),
    };
  }

  protected isOver(mark: AlertMark, x: number, y: number): boolean {
    return Math.abs(x - mark.x) <= mark.halfPx + GAP_PX && Math.abs(y - mark.y) <= MARK_PX / 2 + GAP_PX;
  }

  protected paint(
    context: CanvasRenderingContext2D,
    marks: readonly AlertMark[],
    _content: AlertMarksContent,
    theme: ChartTheme,
  ): void {
    context.font = `700 ${LETTER_PX}px ${FONT}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const mark of marks) drawMark(context, mark, theme);
  }
}

/** Within the pane, however far the candle reaches; at its foot where there is no price. */
function placeY(y: number, side: "above" | "below", height: number): number {
  const bottom = height - FROM_EDGE_PX;
  if (Number.isNaN(y)) return bottom - FROM_EDGE_PX;
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
