import { isNear, type Range, span } from "../base/axis.ts";
import { type PriceScale, toPlotted } from "../base/priceScale.ts";

/** Points of one run, placed on the axis of the chart. */
export interface LineSeries {
  readonly run: string;
  readonly colour: string;
  readonly place: Float64Array;
  readonly value: Float64Array;
  readonly smoothed: Float64Array | null;
  /** Points since the row before, this one too, that are NaN or infinite. */
  readonly nonfinite: Float64Array;
}

/** A window cut into columns of equal breadth, which points were thinned by. */
export interface Columns {
  readonly window: Range;
  readonly columns: number;
}

/** Where places and values lie on a plot, in pixels of the page. */
export interface Geometry {
  readonly view: Range;
  readonly width: number;
  readonly height: number;
  /** Pixels of the screen for each of the page's. */
  readonly ratio: number;
  readonly scale: PriceScale;
  /** Heights on the scale at the bottom and at the top. */
  readonly low: number;
  readonly high: number;
}

const MARGIN_TOP = 0.06;
const MARGIN_BOTTOM = 0.08;

// Of a column; further off, what is held was cut for another zoom.
const SAME_PX = 1e-6;

const screenPx = ({ width, ratio }: Pick<Geometry, "width" | "ratio">): number => Math.round(width * ratio);

export const xOf = ({ view, width }: Geometry, place: number): number =>
  ((place - view.from) / span(view)) * width;

export const placeAt = ({ view, width }: Geometry, x: number): number => view.from + (x / width) * span(view);

export const yOf = ({ low, high, height }: Geometry, plotted: number): number =>
  ((high - plotted) / (high - low)) * height;

/**
 * The view moved by less than a pixel of the screen, so that the columns of what is held are its pixels;
 * the view itself where they are of another breadth.
 */
export function alignedView(view: Range, { window, columns }: Columns, plotPx: number): Range {
  const breadth = span(window) / columns;
  if (Math.abs(span(view) / plotPx / breadth - 1) > SAME_PX) return view;
  const from = window.from + Math.round((view.from - window.from) / breadth) * breadth;
  return { from, to: from + plotPx * breadth };
}

/**
 * Middles of the pixels of the screen that points lie in, in pixels of the page. In the columns that the points were
 * thinned by, computed as the server does: so that a line through those kept is, to the pixel, the line through all.
 * Where columns are no pixels, while what is held was cut for another zoom, points lie where they are.
 */
export function placesInPixels(place: Float64Array, held: Columns, geometry: Geometry): Float64Array {
  const { view, ratio } = geometry;
  const { window, columns } = held;
  const pixels = screenPx(geometry);
  const first = ((window.from - view.from) / span(view)) * pixels;
  const perColumn = ((span(window) / span(view)) * pixels) / columns;
  const areApart = Math.abs(perColumn - 1) > SAME_PX || Math.abs(first - Math.round(first)) > 0.01;
  if (areApart) return place.map((one) => xOf(geometry, one));
  const [start, breadth] = [Math.round(first), window.to - window.from];
  return place.map((one) => (start + Math.floor(((one - window.from) / breadth) * columns) + 0.5) / ratio);
}

/** x, y, x, y … of a line; it breaks where a value has no place on the scale. */
export function lineThrough(x: Float64Array, value: Float64Array, geometry: Geometry): Float64Array {
  const xy = new Float64Array(x.length * 2);
  const { low, high, height, scale } = geometry;
  const perUnit = height / (high - low);
  for (let i = 0; i < x.length; i++) {
    const plotted = toPlotted(value[i] as number, scale);
    xy[2 * i] = x[i] as number;
    xy[2 * i + 1] = Number.isFinite(plotted) ? (high - plotted) * perUnit : Number.NaN;
  }
  return xy;
}

/** The first row whose place is at or beyond; `place` ascends. */
export function rowFrom(place: Float64Array, bound: number): number {
  let [low, high] = [0, place.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((place[middle] as number) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Room for every value in view, with some above and below; where none is in view, for those next to it. */
export function heightsFor(
  series: readonly Pick<LineSeries, "place" | "value">[],
  view: Range,
  scale: PriceScale,
): { readonly low: number; readonly high: number } {
  const inView = reach(series, scale, (place) => [rowFrom(place, view.from), rowFrom(place, view.to)]);
  const around = ([from, to]: [number, number]): [number, number] => [from - 1, to + 1];
  const found =
    inView ??
    reach(series, scale, (place) => around([rowFrom(place, view.from), rowFrom(place, view.to)])) ??
    ([0, 1] as const);
  return withRoom(found[0], found[1]);
}

function reach(
  series: readonly Pick<LineSeries, "place" | "value">[],
  scale: PriceScale,
  rows: (place: Float64Array) => [number, number],
): [number, number] | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { place, value } of series) {
    const [from, to] = rows(place);
    for (let row = Math.max(0, from); row < Math.min(value.length, to); row++) {
      const plotted = toPlotted(value[row] as number, scale);
      if (!Number.isFinite(plotted)) continue;
      if (plotted < low) low = plotted;
      if (plotted > high) high = plotted;
    }
  }
  return low <= high ? [low, high] : null;
}

/** What never changes is drawn in the middle, not along the edge of a scale a hair high. */
function withRoom(low: number, high: number): { readonly low: number; readonly high: number } {
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low <= size * 1e-9) {
    const room = size > 0 ? size * 0.05 : 1;
    return { low: low - room, high: high + room };
  }
  const inner = (high - low) / (1 - MARGIN_TOP - MARGIN_BOTTOM);
  return { low: low - inner * MARGIN_BOTTOM, high: high + inner * MARGIN_TOP };
}

export const sameView = (a: Range | null, b: Range): boolean => a !== null && isNear(a, b);
