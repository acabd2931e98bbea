import type { FoundPattern, PatternDirection } from "../api/types.ts";
import type { Cluster } from "../data/marks.ts";
import { type DrawnMark, MarkLayer, type MarkPane, type MarksContent, type Spot } from "./markLayer.ts";
import type { ChartTheme } from "./theme.ts";

const HALF_PX = 4.5;
const FROM_CANDLE_PX = 9;
const FROM_EDGE_PX = 8;
const REACH_PX = 8;

/** Patterns that end in one candle. */
export interface PatternSpot extends Spot {
  /** As plotted. */
  readonly high: number;
  readonly low: number;
  readonly patterns: readonly FoundPattern[];
}

export interface PatternMarksContent extends MarksContent<PatternSpot> {
  /** Whether a lower value is better: a pattern that promises lower ones points down, from above. */
  readonly isLowerBetter: boolean;
}

export interface PatternMark extends DrawnMark {
  readonly patterns: readonly FoundPattern[];
  readonly direction: PatternDirection;
}

/** Small marks at the candles that patterns end in: filled where they promise worse, hollow where better. */
export class PatternMarks extends MarkLayer<PatternSpot, PatternMarksContent, PatternMark> {
  constructor() {
    super({ name: "pattern", cursor: "help", reachPx: HALF_PX });
  }

  protected widthPx(): number {
    return 2 * HALF_PX;
  }

  protected place(
    spots: readonly PatternSpot[],
    { x }: Cluster,
    { isLowerBetter }: PatternMarksContent,
    pane: MarkPane,
  ): PatternMark | null {
    const patterns = spots.flatMap((spot) => spot.patterns);
    const direction = strongest(patterns);
    const y = placeY(spots, isAbove(direction, isLowerBetter), pane);
    const buckets = spots.map(({ bucket }) => bucket);
    return Number.isNaN(y) ? null : { x, y, patterns, direction, buckets };
  }

  protected isOver(mark: PatternMark, x: number, y: number): boolean {
    return Math.abs(mark.x - x) <= REACH_PX && Math.abs(mark.y - y) <= REACH_PX;
  }

  protected paint(
    context: CanvasRenderingContext2D,
    marks: readonly PatternMark[],
    { isLowerBetter }: PatternMarksContent,
    theme: ChartTheme,
  ): void {
    for (const mark of marks) drawMark(context, mark, theme, isLowerBetter);
  }
}

/** Bad news first, and a pause only where there is nothing else. */
const strongest = (patterns: readonly FoundPattern[]): PatternDirection =>
  (["worse", "better"] as const).find((direction) => patterns.some((one) => one.direction === direction)) ??
  "neutral";

/** What promises lower values stands above the candle and points down. */
const isAbove = (direction: PatternDirection, isLowerBetter: boolean): boolean =>
  direction !== "neutral" && (direction === "better") === isLowerBetter;

function placeY(spots: readonly PatternSpot[], above: boolean, { height, yOf }: MarkPane): number {
  const edge = above ? Math.max(...spots.map(({ high }) => high)) : Math.min(...spots.map(({ low }) => low));
  const wanted = above ? yOf(edge) - FROM_CANDLE_PX : yOf(edge) + FROM_CANDLE_PX;
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
}
