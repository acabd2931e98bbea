import { type Axis, narrowestWidth, type Range, span } from "../base/axis.ts";

/** Narrower than this a candle's body and wick can't be told apart. */
export const MIN_CANDLE_PX = 4;

/** More candles than this are not drawn at once, whatever width was asked for. */
export const MAX_VISIBLE_CANDLES = 5000;

/** The API answers with no more than this. */
export const MAX_CANDLES = 10_000;

/** Which candles to ask for: their width, and the window to hold in memory. */
export interface Plan {
  readonly axis: Axis;
  readonly width: number;
  readonly window: Range;
  /** The width that was asked for, where it would have made too many candles. */
  readonly refusedWidth: number | null;
}

export interface PlanInput {
  readonly axis: Axis;
  readonly view: Range;
  readonly extent: Range;
  readonly plotPx: number;
  readonly chosen: number | "auto";
  /** Steps that candles logged as such may span: narrower ones would only draw gaps between them. */
  readonly resolution: number | null;
  /** How many runs share each candle's room. */
  readonly sharing?: number;
  /** Buckets before those in view that have to be held, too: what is drawn depends on so many. */
  readonly history?: number;
}

/** The narrowest of {1, 2, 5}·10ⁿ whose candles are at least MIN_CANDLE_PX wide, and hold those logged. */
export function autoWidth(
  axis: Axis,
  viewSpan: number,
  plotPx: number,
  resolution: number | null = null,
): number {
  const narrowest = Math.max(narrowestWidth(axis), axis === "steps" ? (resolution ?? 0) : 0);
  const wanted = Math.max(narrowest, (viewSpan * MIN_CANDLE_PX) / Math.max(plotPx, MIN_CANDLE_PX));
  const power = Math.floor(Math.log10(wanted) + 1e-9);
  for (const digit of [1, 2, 5]) {
    const width = Number(`${digit}e${power}`);
    if (width >= wanted * (1 - 1e-9)) return width;
  }
  return Number(`1e${power + 1}`);
}

/** How many candles of this width the visible part of the series could hold. */
export function candlesInView(view: Range, extent: Range, width: number): number {
  const visible = Math.min(view.to, extent.to) - Math.max(view.from, extent.from);
  return Math.max(0, visible) / width;
}

/**
 * The view with a screen on each side, snapped to blocks of a power of two of candles, so that views
 * close to each other ask for the very same window.
 */
export function windowAround(view: Range, width: number, history = 0): Range {
  const visible = Math.max(32, span(view) / width);
  const block = 2 ** Math.ceil(Math.log2(visible / 4));
  const first = Math.floor(view.from / width / block);
  const end = Math.ceil(view.to / width / block);
  const room = Math.floor((MAX_CANDLES / block - (end - first)) / 2);
  const side = Math.max(0, Math.min(Math.ceil(visible / block), room));
  const before = Math.max(0, Math.min(side + Math.ceil(history / block), 2 * room - side));
  return { from: (first - before) * block * width, to: (end + side) * block * width };
}

export function planFor(input: PlanInput): Plan {
  const { axis, view, extent, plotPx, chosen, resolution, sharing = 1, history = 0 } = input;
  const auto = autoWidth(axis, span(view), plotPx / sharing, resolution);
  const tooMany = chosen !== "auto" && candlesInView(view, extent, chosen) > MAX_VISIBLE_CANDLES;
  const width = chosen === "auto" || tooMany ? auto : chosen;
  const refusedWidth = tooMany ? chosen : null;
  return { axis, width, window: windowAround(view, width, history), refusedWidth };
}

/** Whether what is held still serves a view, with half a screen to spare for the next pan. */
export function serves(held: Plan, wanted: Plan, view: Range, extent: Range, history = 0): boolean {
  if (held.axis !== wanted.axis || held.width !== wanted.width) return false;
  const spare = span(view) / 2;
  const from = Math.max(view.from - Math.max(spare, history * held.width), wanted.window.from, extent.from);
  const to = Math.min(view.to + spare, wanted.window.to, extent.to);
  return from >= to || (held.window.from <= from && to <= held.window.to);
}
