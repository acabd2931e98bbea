import { isNear, overlaps, type Range, span } from "../base/axis.ts";

/** What a view does when the series grows: shows it all, stays at its right edge, or stays where it is. */
export type Follow = "all" | "edge" | "none";

// Fewer would leave nothing to see of where they lie.
const FEWEST_CANDLES_ACROSS = 3;

// Zoomed in no further than this many of the narrowest candles.
const FEWEST_CANDLES_ZOOMED = 6;

const MARGIN_LEFT = 0.02;
const MARGIN_RIGHT = 0.03;
const FURTHEST_OUT = 1.25;
const LEAST_ON_SERIES = 0.5;

/** All of a series; `narrowest` is the least that there is to see on its axis. */
export function fitView(extent: Range, narrowest: number): Range {
  const shown = Math.max(span(extent), FEWEST_CANDLES_ACROSS * narrowest);
  return { from: extent.from - MARGIN_LEFT * shown, to: extent.from + shown * (1 + MARGIN_RIGHT) };
}

export function followOf(view: Range, extent: Range): Follow {
  if (view.to < extent.to) return "none";
  return view.from <= extent.from ? "all" : "edge";
}

/** The view after the series has grown from `before` to `after`; it moves only where growth leaves it. */
export function grownView(view: Range, before: Range, after: Range, narrowest: number): Range {
  const follow = followOf(view, before);
  const onlyGrown = after.from === before.from && after.to >= before.to;
  if (follow === "none" || (onlyGrown && after.to <= view.to)) return view;
  if (follow === "all") return fitView(after, narrowest);
  const to = after.to + MARGIN_RIGHT * span(view);
  return { from: to - span(view), to };
}

/**
 * A view that a person can't get lost in: not too far out, not too far in, and half of it at least on the series.
 * Where the whole series fits into it, the whole series stays in sight: zooming out ends, it never slides away.
 */
export function clampView(view: Range, extent: Range, narrowest: number): Range {
  const fit = fitView(extent, narrowest);
  const widest = span(fit) * FURTHEST_OUT;
  const closest = Math.min(span(fit), FEWEST_CANDLES_ZOOMED * narrowest);
  const wanted = Math.min(widest, Math.max(closest, span(view)));
  const centre = (view.from + view.to) / 2;
  const keep = wanted >= span(extent) ? span(extent) : wanted * LEAST_ON_SERIES;
  const from = Math.min(extent.to - keep, Math.max(extent.from + keep - wanted, centre - wanted / 2));
  const clamped = { from, to: from + wanted };
  // What may stay stays to the last digit, so that one comes back to the very same view.
  return isNear(clamped, view) ? view : clamped;
}

/** Zooms by `factor` (above 1: closer) and keeps the place under `anchor` where it is. */
export function zoomView(view: Range, anchor: number, factor: number): Range {
  return { from: anchor - (anchor - view.from) / factor, to: anchor + (view.to - anchor) / factor };
}

/** Zooms about a place in view, or about the middle where there is none. */
export function zoomAbout(view: Range, place: number | null, factor: number): Range {
  const inView = place !== null && place >= view.from && place < view.to;
  return zoomView(view, inView ? place : (view.from + view.to) / 2, factor);
}

export const panView = (view: Range, distance: number): Range => ({
  from: view.from + distance,
  to: view.to + distance,
});

/** The view moved just far enough to show `target`. */
export function revealView(view: Range, target: Range): Range {
  if (target.from < view.from) return panView(view, target.from - view.from);
  if (target.to > view.to) return panView(view, target.to - view.to);
  return view;
}

/** The view to start from on another series: the same one while it makes sense there. */
export function carriedView(
  view: Range | null,
  before: Range | null,
  extent: Range,
  narrowest: number,
): Range {
  if (view === null || before === null || !overlaps(view, extent)) return fitView(extent, narrowest);
  return followOf(view, before) === "all" ? fitView(extent, narrowest) : clampView(view, extent, narrowest);
}
