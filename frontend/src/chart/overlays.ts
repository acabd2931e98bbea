import type { IPrimitivePaneView } from "lightweight-charts";
import { type PriceScale, toPlotted } from "../base/priceScale.ts";
import { lastRowUpTo } from "../base/rows.ts";
import type { DrawnIndicator } from "./indicator.ts";
import type { DrawTarget } from "./ink.ts";
import { bucketsToX } from "./positions.ts";
import { Primitive, paneView } from "./primitive.ts";

const LINE_PX = 1.5;
const PICKED_PX = 3;
const BAND_OPACITY = 0.09;
const PICKED_BAND_OPACITY = 0.18;
const DASHES = [5, 4];

/** What overlays are drawn along. */
export interface OverlayContent {
  readonly indicators: readonly DrawnIndicator[];
  /** Where the candles begin, as they are drawn. */
  readonly buckets: Float64Array;
  readonly width: number;
  readonly scale: PriceScale;
}

interface Frame {
  readonly context: CanvasRenderingContext2D;
  readonly from: number;
  readonly to: number;
  readonly x: (row: number) => number;
  readonly y: (price: number) => number;
}

/**
 * Indicators over the candles, on their scale: lines, and bands that are filled. The candles alone decide what
 * prices are in view; a band that reaches beyond is cut off, and squeezes nothing.
 */
export class Overlays extends Primitive {
  private content: OverlayContent | null = null;
  private readonly views = [
    paneView("bottom", (target) => this.draw(target, drawBand)),
    paneView("top", (target) => this.draw(target, drawLines)),
  ];

  setData(content: OverlayContent | null): void {
    this.content = content;
    this.redraw();
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.content === null || this.content.indicators.length === 0 ? [] : this.views;
  }

  private draw(target: DrawTarget, paint: (frame: Frame, indicator: DrawnIndicator) => void): void {
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      const frame = this.frame(context, mediaSize.width);
      if (frame === null) return;
      for (const indicator of this.content?.indicators ?? []) paint(frame, indicator);
    });
  }

  private frame(context: CanvasRenderingContext2D, widthPx: number): Frame | null {
    const { chart, series, content } = this;
    const anchor = content?.buckets[0];
    if (!chart || !series || !content || anchor === undefined) return null;
    const { buckets, width, scale } = content;
    const toX = bucketsToX(chart.timeScale(), anchor, width);
    if (toX === null) return null;
    const x = (row: number) => toX(buckets[row] ?? Number.NaN);
    const perPx = width / Math.max(toX(anchor + width) - toX(anchor), 1e-9);
    const left = anchor - toX(anchor) * perPx;
    // A row on each side, for the lines that lead out of the pane.
    const from = Math.max(0, lastRowUpTo(buckets, left - width));
    const to = Math.min(buckets.length, lastRowUpTo(buckets, left + widthPx * perPx + width) + 2);
    const y = (price: number) => series.priceToCoordinate(toPlotted(price, scale)) ?? Number.NaN;
    return { context, from, to, x, y };
  }
}

function drawLines({ context, from, to, x, y }: Frame, { columns, colour, isPicked }: DrawnIndicator): void {
  context.save();
  context.strokeStyle = colour;
  context.lineWidth = isPicked ? PICKED_PX : LINE_PX;
  context.lineJoin = "round";
  for (const { output, values } of columns) {
    context.setLineDash(output === "middle" ? DASHES : []);
    context.beginPath();
    let isOn = false;
    for (let row = from; row < to; row++) {
      const place = y(values[row] ?? Number.NaN);
      if (!Number.isFinite(place)) isOn = false;
      else if (isOn) context.lineTo(x(row), place);
      else {
        context.moveTo(x(row), place);
        isOn = true;
      }
    }
    context.stroke();
  }
  context.restore();
}

function drawBand(frame: Frame, { columns, colour, isPicked }: DrawnIndicator): void {
  const upper = columns.find(({ output }) => output === "upper")?.values;
  const lower = columns.find(({ output }) => output === "lower")?.values;
  if (!upper || !lower) return;
  const { context } = frame;
  context.save();
  context.fillStyle = colour;
  context.globalAlpha = isPicked ? PICKED_BAND_OPACITY : BAND_OPACITY;
  for (const [from, to] of stretches(frame, upper, lower)) fillBetween(frame, upper, lower, from, to);
  context.restore();
}

/** Rows [from, to) in which there is a band. */
function* stretches(
  { from, to, y }: Frame,
  upper: Float64Array,
  lower: Float64Array,
): Generator<readonly [number, number]> {
  let begin = -1;
  for (let row = from; row <= to; row++) {
    const isIn =
      row < to && Number.isFinite(y(upper[row] ?? Number.NaN)) && !Number.isNaN(lower[row] ?? Number.NaN);
    if (isIn && begin < 0) begin = row;
    if (isIn || begin < 0) continue;
    yield [begin, row];
    begin = -1;
  }
}

function fillBetween(
  { context, x, y }: Frame,
  upper: Float64Array,
  lower: Float64Array,
  from: number,
  to: number,
): void {
  // What a log scale can't show lies below all that it can.
  const bottom = context.canvas.height;
  const place = (price: number | undefined) => {
    const at = y(price ?? Number.NaN);
    return Number.isFinite(at) ? at : bottom;
  };
  context.beginPath();
  for (let row = from; row < to; row++) context.lineTo(x(row), place(upper[row]));
  for (let row = to - 1; row >= from; row--) context.lineTo(x(row), place(lower[row]));
  context.fill();
}
