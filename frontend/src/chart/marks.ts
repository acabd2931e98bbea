import { type Bars, comparedWith } from "./bars.ts";
import { type CandleLook, colourOf, type Plot, rowsInSight, xOf, yOf } from "./paint.ts";
import { keptApart } from "./positions.ts";

const ARROW_HALF_PX = 4;
const ARROW_PX = 6;
const ARM_PX = 3;
/** Closer together they would be one thick bar. */
export const CROSS_GAP_PX = 8;

const CROSS_FROM_BOTTOM_PX = 9;

/** An arrow at the edge of the pane for every candle that reaches beyond it: no extreme is hidden silently. */
export function paintCutMarks(plot: Plot, bars: Bars, look: CandleLook): void {
  const [first, end] = rowsInSight(plot, bars);
  for (let row = first; row < end; row++) {
    const above = yOf(plot, at(bars.high, row)) < 0;
    const below = yOf(plot, at(bars.low, row)) > plot.height;
    if (!above && !below) continue;
    plot.context.fillStyle = colourOf(look, comparedWith(bars, row), at(bars.close, row));
    const x = xOf(plot, at(bars.bucket, row));
    if (above) arrow(plot, x, 0, ARROW_PX * plot.ratio);
    if (below) arrow(plot, x, plot.height, -ARROW_PX * plot.ratio);
  }
}

function arrow({ context, ratio }: Plot, x: number, tip: number, length: number): void {
  context.beginPath();
  context.moveTo(x, tip);
  context.lineTo(x - ARROW_HALF_PX * ratio, tip + length);
  context.lineTo(x + ARROW_HALF_PX * ratio, tip + length);
  context.fill();
}

/** A cross at the foot of every bucket that holds NaN or infinite points; it may have no price at all. */
export function paintCrosses(plot: Plot, buckets: readonly number[], colour: string): void {
  const { context, ratio } = plot;
  const [arm, y] = [ARM_PX * ratio, plot.height - CROSS_FROM_BOTTOM_PX * ratio];
  context.strokeStyle = colour;
  context.lineWidth = 1.5 * ratio;
  context.beginPath();
  const places = buckets.map((bucket) => xOf(plot, bucket));
  const inSight = places.filter((x) => x >= -arm && x <= plot.width + arm);
  for (const x of keptApart(inSight, CROSS_GAP_PX * ratio)) {
    context.moveTo(x - arm, y - arm);
    context.lineTo(x + arm, y + arm);
    context.moveTo(x - arm, y + arm);
    context.lineTo(x + arm, y - arm);
  }
  context.stroke();
}

const at = (column: Float64Array, row: number): number => column[row] ?? Number.NaN;
