import type { Direction, Polarity } from "../base/polarity.ts";
import { direction } from "../base/polarity.ts";
import { type Bars, comparedWith, rowFrom } from "./bars.ts";

/** A canvas with the places of buckets and plotted prices on it, all in its own pixels. */
export interface Plot {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  /** Pixels for each of the page's. */
  readonly ratio: number;
  /** Middle of bucket 0, and the distance between buckets. */
  readonly x0: number;
  readonly spacing: number;
  /** Where 0 lies, and the (negative) distance between it and 1. */
  readonly y0: number;
  readonly perPrice: number;
}

/** What a run's candles are drawn in. */
export interface CandleLook {
  readonly colours: Readonly<Record<Direction, string>>;
  /** Inside hollow bodies. */
  readonly background: string;
  /** Null: neither way is better, and hollow just means that it rose. */
  readonly polarity: Polarity | null;
  /** Of how many that share a bucket this is which. */
  readonly slot: number;
  readonly slots: number;
}

const BODY_SHARE = 0.8;
const GROUP_SHARE = 0.86;

/** A run of three epochs should not be three candles as wide as a hand. */
export const WIDEST_BODY_PX = 40;

// Narrower than this a hollow body has no inside.
const NARROWEST_HOLLOW_PX = 3;

/** Dots of single points; where there is less room they are dashes. */
const NARROWEST_DOT_PX = 5;
const WIDEST_DOT_PX = 9;
const RING_PX = 1.5;

// Slopes from one bucket to the next can't be told from steps where they are narrower.
const NARROWEST_SLOPE_PX = 8;
const DOT_PX = 1.5;

interface Columns {
  /** Middle of the slot in the bucket, in buckets. */
  readonly shift: number;
  /** An odd number of pixels from the wick's, so that it stands in the middle. */
  readonly body: number;
  readonly wick: number;
}

/** The rows in sight and one more on each side, where lines come from and go to. */
export function rowsInSight(plot: Plot, bars: Bars): [number, number] {
  const first = (-plot.spacing - plot.x0) / plot.spacing;
  const last = (plot.width + plot.spacing - plot.x0) / plot.spacing;
  return [Math.max(0, rowFrom(bars, first) - 1), Math.min(bars.bucket.length, rowFrom(bars, last) + 1)];
}

function columnsOf(plot: Plot, { slot, slots }: CandleLook): Columns {
  const room = slots === 1 ? plot.spacing : Math.min(plot.spacing * GROUP_SHARE, groupPx(plot, slots));
  const share = room / slots;
  const wick = Math.max(1, Math.round(plot.ratio));
  const wanted = Math.min(share * BODY_SHARE, WIDEST_BODY_PX * plot.ratio);
  const body = Math.max(1, Math.floor(wanted));
  const centred = (body - wick) % 2 === 0 ? body : Math.max(1, body - 1);
  return { shift: ((slot - (slots - 1) / 2) * share) / plot.spacing, body: centred, wick };
}

const groupPx = ({ ratio }: Plot, slots: number): number => (slots * WIDEST_BODY_PX * ratio) / BODY_SHARE;

/**
 * Prices over a height, by those at its ends: where 0 and 1 lie can't be told apart where prices are 1e20,
 * and is beyond all numbers where they are 1e-300.
 */
export function pricesOver(top: number, bottom: number, height: number): Pick<Plot, "y0" | "perPrice"> {
  const perPrice = height / (bottom - top);
  return { y0: -top * perPrice, perPrice };
}

export const xOf = (plot: Plot, bucket: number): number => plot.x0 + bucket * plot.spacing;

export const yOf = (plot: Plot, plotted: number): number => plot.y0 + plotted * plot.perPrice;

function isHollow(open: number, close: number, polarity: Polarity | null): boolean {
  return polarity === null ? close > open : direction(open, close, polarity) === "better";
}

export const colourOf = (look: CandleLook, open: number, close: number): string =>
  look.colours[look.polarity === null ? "same" : direction(open, close, look.polarity)];

/** Wicks and bodies, and dots of single points: filled where it got worse, hollow where it got better. */
export function paintCandles(plot: Plot, bars: Bars, look: CandleLook): void {
  const columns = columnsOf(plot, look);
  const [first, end] = rowsInSight(plot, bars);
  for (let row = first; row < end; row++) {
    const [from, close] = [comparedWith(bars, row), at(bars.close, row)];
    const middle = Math.round(xOf(plot, at(bars.bucket, row) + columns.shift));
    const isFilled = !isHollow(from, close, look.polarity);
    plot.context.fillStyle = colourOf(look, from, close);
    const inside = isFilled ? null : look.background;
    const dot = bars.single[row] === 1 ? dotPx(plot, bars, row, look.slots) : 0;
    if (dot > 0) paintDot(plot, { x: middle, y: yOf(plot, close), radius: dot / 2 }, inside);
    else paintCandle(plot, bars, { row, middle, columns, inside });
  }
}

interface Place {
  readonly row: number;
  readonly middle: number;
  readonly columns: Columns;
  /** What fills a hollow body; null: it is filled. */
  readonly inside: string | null;
}

function paintCandle(plot: Plot, bars: Bars, { row, middle, columns, inside }: Place): void {
  const { context, ratio } = plot;
  const [open, close] = [yOf(plot, at(bars.open, row)), yOf(plot, at(bars.close, row))];
  const [high, low] = [yOf(plot, at(bars.high, row)), yOf(plot, at(bars.low, row))];
  fill(context, middle - (columns.wick >> 1), high, columns.wick, low);
  const [left, top] = [middle - (columns.body >> 1), Math.round(Math.min(open, close))];
  const height = Math.max(columns.wick, Math.round(Math.max(open, close)) - top);
  context.fillRect(left, top, columns.body, height);
  const edge = columns.wick;
  if (inside === null || columns.body < NARROWEST_HOLLOW_PX * ratio || height <= 2 * edge) return;
  context.fillStyle = inside;
  context.fillRect(left + edge, top + edge, columns.body - 2 * edge, height - 2 * edge);
}

interface Disc {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** As wide as there is room up to the next candle, which may be many buckets away; 0: too narrow for a dot. */
function dotPx({ spacing, ratio }: Plot, { bucket }: Bars, row: number, slots: number): number {
  const here = at(bucket, row);
  // At the ends there is only one neighbour.
  const before = here - (bucket[row - 1] ?? Number.NEGATIVE_INFINITY);
  const after = (bucket[row + 1] ?? Number.POSITIVE_INFINITY) - here;
  const room = (Math.min(before, after) * spacing * BODY_SHARE) / slots;
  return room < NARROWEST_DOT_PX * ratio ? 0 : Math.min(room, WIDEST_DOT_PX * ratio);
}

/** A single point has neither a body nor a wick. */
function paintDot({ context, ratio }: Plot, disc: Disc, inside: string | null): void {
  paintDisc(context, disc);
  if (inside === null) return;
  context.fillStyle = inside;
  paintDisc(context, { ...disc, radius: disc.radius - RING_PX * ratio });
}

function paintDisc(context: CanvasRenderingContext2D, { x, y, radius }: Disc): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

/** A stem from low to high with open to its left and close to its right. */
export function paintOhlc(plot: Plot, bars: Bars, look: CandleLook): void {
  const columns = columnsOf(plot, look);
  const arm = Math.max(columns.wick, Math.ceil(columns.body / 2));
  const [first, end] = rowsInSight(plot, bars);
  for (let row = first; row < end; row++) {
    const [open, close] = [at(bars.open, row), at(bars.close, row)];
    const left = Math.round(xOf(plot, at(bars.bucket, row) + columns.shift)) - (columns.wick >> 1);
    plot.context.fillStyle = colourOf(look, comparedWith(bars, row), close);
    fill(plot.context, left, yOf(plot, at(bars.high, row)), columns.wick, yOf(plot, at(bars.low, row)));
    if (columns.body <= columns.wick) continue;
    const edge = columns.wick;
    plot.context.fillRect(left - arm, Math.round(yOf(plot, open)) - (edge >> 1), arm, edge);
    plot.context.fillRect(left + edge, Math.round(yOf(plot, close)) - (edge >> 1), arm, edge);
  }
}

function fill(context: CanvasRenderingContext2D, left: number, top: number, width: number, bottom: number) {
  const from = Math.round(top);
  context.fillRect(left, from, width, Math.max(1, Math.round(bottom) - from));
}

/** The closes, joined; a point between two breaks is a dot. */
export function paintLine(plot: Plot, bars: Bars, colour: string, widthPx: number): void {
  const { context } = plot;
  const [first, end] = rowsInSight(plot, bars);
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = widthPx * plot.ratio;
  // Round joins take many times as long, and nobody can tell at this width.
  context.lineJoin = "bevel";
  context.beginPath();
  for (let row = first; row < end; row++) {
    const [x, y] = [xOf(plot, at(bars.bucket, row)), yOf(plot, at(bars.close, row))];
    if (bars.joined[row] === 1 && row > first) context.lineTo(x, y);
    else context.moveTo(x, y);
    if (bars.joined[row] !== 1 && bars.joined[row + 1] !== 1) dot(plot, x, y);
  }
  context.stroke();
}

function dot({ context, ratio }: Plot, x: number, y: number): void {
  const size = DOT_PX * ratio;
  context.fillRect(x - size, y - size, 2 * size, 2 * size);
}

/** From the lowest to the highest value of each bucket: no spike of a run that is only a line is lost. */
export function paintBand(plot: Plot, bars: Bars, colour: string, [inside, edge]: BandAlpha): void {
  const { context } = plot;
  if (edge === 0 && plot.spacing < NARROWEST_SLOPE_PX * plot.ratio) {
    paintBandColumns(plot, bars, colour, inside);
    return;
  }
  const [first, end] = rowsInSight(plot, bars);
  context.beginPath();
  for (let from = first; from < end; ) {
    let to = from + 1;
    while (to < end && bars.joined[to] === 1) to += 1;
    outline(plot, bars, from, to);
    from = to;
  }
  context.save();
  context.fillStyle = colour;
  context.globalAlpha = inside;
  context.fill();
  if (edge > 0) {
    context.strokeStyle = colour;
    context.globalAlpha = edge;
    context.lineWidth = plot.ratio;
    context.lineJoin = "bevel";
    context.stroke();
  }
  context.restore();
}

/** The same in upright bars of whole pixels, which take a canvas a fraction of the time. */
function paintBandColumns(plot: Plot, bars: Bars, colour: string, alpha: number): void {
  const { context, spacing } = plot;
  const [first, end] = rowsInSight(plot, bars);
  context.save();
  context.fillStyle = colour;
  context.globalAlpha = alpha;
  let [left, right, top, bottom] = [Number.NaN, 0, 0, 0];
  const paint = () => context.fillRect(left, top, right - left, Math.max(1, bottom - top));
  for (let row = first; row < end; row++) {
    const edge = xOf(plot, at(bars.bucket, row)) - spacing / 2;
    const begin = Math.round(edge);
    const high = Math.round(yOf(plot, at(bars.high, row)));
    const low = Math.round(yOf(plot, at(bars.low, row)));
    // Buckets that are narrower than a pixel share one.
    if (begin === left) {
      top = Math.min(top, high);
      bottom = Math.max(bottom, low);
    } else {
      if (row > first) paint();
      [left, top, bottom] = [begin, high, low];
    }
    right = Math.max(left + 1, Math.round(edge + spacing));
  }
  if (end > first) paint();
  context.restore();
}

/** How opaque the inside of a band is, and how opaque its edge; 0: it has none. */
export type BandAlpha = readonly [number, number];

function outline(plot: Plot, bars: Bars, from: number, to: number): void {
  const { context } = plot;
  // One bucket alone is as wide as its candle would be.
  const half = to - from === 1 ? plot.spacing / 2 : 0;
  for (let row = from; row < to; row++) {
    const [x, y] = [xOf(plot, at(bars.bucket, row)), yOf(plot, at(bars.high, row))];
    if (row === from) context.moveTo(x - half, y);
    else context.lineTo(x, y);
    if (half > 0) context.lineTo(x + half, y);
  }
  for (let row = to - 1; row >= from; row--) {
    const [x, y] = [xOf(plot, at(bars.bucket, row)), yOf(plot, at(bars.low, row))];
    context.lineTo(x + half, y);
    if (half > 0) context.lineTo(x - half, y);
  }
  context.closePath();
}

/** A column for each value, standing on the foot of the pane. */
export function paintColumns(plot: Plot, bars: VolumeBars, colour: string): void {
  const { context, spacing, ratio } = plot;
  const gap = spacing >= 4 ? Math.round(ratio) : 0;
  const width = Math.max(1, Math.min(Math.round(spacing) - gap, WIDEST_BODY_PX * ratio));
  context.fillStyle = colour;
  for (let row = 0; row < bars.bucket.length; row++) {
    const x = xOf(plot, at(bars.bucket, row));
    if (x < -width || x > plot.width + width) continue;
    const y = Math.min(plot.height - 1, Math.round(yOf(plot, at(bars.value, row))));
    context.fillRect(Math.round(x - width / 2), y, width, plot.height - y);
  }
}

export interface VolumeBars {
  readonly bucket: Float64Array;
  readonly value: Float64Array;
}

const at = (column: Float64Array, row: number): number => column[row] ?? Number.NaN;
