import type { LineAxis } from "../base/axis.ts";
import { placeTicks } from "../base/placeTicks.ts";
import { toPlotted } from "../base/priceScale.ts";
import { valueTicks } from "../base/valueTicks.ts";
import type { Ink } from "./ink.ts";
import {
  type Columns,
  type Geometry,
  type LineSeries,
  lineThrough,
  placesInPixels,
  rowFrom,
  xOf,
  yOf,
} from "./lineGeometry.ts";
import { CROSS_GAP_PX } from "./marks.ts";
import { FONT_PX } from "./options.ts";
import { keptApart } from "./positions.ts";
import type { ChartTheme } from "./theme.ts";

/** As wide as that of candles, so that charts below each other line up. */
export const VALUE_AXIS_PX = 84;
export const PLACE_AXIS_PX = 26;

/** Everything that is seen of a chart of lines. */
export interface LineScene {
  readonly axis: LineAxis;
  readonly held: Columns;
  /** The one in focus first. */
  readonly series: readonly LineSeries[];
  /** Drawn over the others; null: none. */
  readonly highlighted: string | null;
  readonly geometry: Geometry;
  readonly theme: ChartTheme;
}

const LABEL_PX = 76;
const CLOCK_LABEL_PX = 92;
const VALUE_GAP_PX = 34;
const CHARACTER_PX = 6.2;

const LINE_PX = 1.5;
const DOT_PX = 6;
const SMOOTHED_PX = 2.5;
const HIGHLIGHT_EXTRA_PX = 1;

// Of the exact line below a smoothed one.
const EXACT_OPACITY = 0.35;
const DIMMED_OPACITY = 0.25;

const ARM_PX = 3;
const FROM_BOTTOM_PX = 9;

/** Draws the plot at the corner, the values' axis on its right and the places' below it. */
export function drawScene(ink: Ink, scene: LineScene): void {
  const { geometry, theme } = scene;
  const { width, height } = geometry;
  ink.rect({ x: 0, y: 0, width: width + VALUE_AXIS_PX, height: height + PLACE_AXIS_PX }, theme.background);
  drawAxes(ink, scene);
  ink.within({ x: 0, y: 0, width, height }, () => {
    drawLines(ink, scene);
    drawNonFinite(ink, scene);
  });
}

/** Grid and labels of both axes. */
export function drawAxes(
  ink: Ink,
  { axis, geometry, theme }: Pick<LineScene, "axis" | "geometry" | "theme">,
): void {
  const { width, height, view, low, high, scale } = geometry;
  const label = { colour: theme.text, px: FONT_PX };
  const leastGap = ((view.to - view.from) * (axis === "wall_time" ? CLOCK_LABEL_PX : LABEL_PX)) / width;
  for (const tick of placeTicks(axis, view, leastGap)) {
    const x = Math.round(xOf(geometry, tick.place));
    ink.rect({ x, y: 0, width: 1, height }, theme.grid);
    const half = (tick.label.length * CHARACTER_PX) / 2;
    if (x < half || x > width - half || tick.place < 0) continue;
    ink.text(tick.label, x, height + PLACE_AXIS_PX / 2, { ...label, align: "center" });
  }
  for (const tick of valueTicks(low, high, (VALUE_GAP_PX / height) * (high - low), scale)) {
    const y = Math.round(yOf(geometry, toPlotted(tick.value, scale)));
    ink.rect({ x: 0, y, width, height: 1 }, theme.grid);
    const isWhole = y >= FONT_PX / 2 && y <= height - FONT_PX / 2;
    if (isWhole) ink.text(tick.label, width + 10, y, { ...label, align: "left" });
  }
  ink.rect({ x: width, y: 0, width: 1, height }, theme.border);
  ink.rect({ x: 0, y: height, width: width + VALUE_AXIS_PX, height: 1 }, theme.border);
}

function drawLines(ink: Ink, { held, series, highlighted, geometry }: LineScene): void {
  const isOver = ({ run }: LineSeries) => run === highlighted;
  // The last one lies on top: the one in focus, but for one that is pointed at.
  const order = [...series].reverse().sort((a, b) => Number(isOver(a)) - Number(isOver(b)));
  for (const whole of order) {
    const one = inSight(whole, geometry);
    const isDimmed = highlighted !== null && !isOver(one);
    const extra = isOver(one) ? HIGHLIGHT_EXTRA_PX : 0;
    const opacity = isDimmed ? DIMMED_OPACITY : 1;
    const x = placesInPixels(one.place, held, geometry);
    const { colour, smoothed } = one;
    const isFaint = smoothed !== null;
    const exact = lineThrough(x, one.value, geometry);
    const dot = onlyPoint(exact);
    if (dot !== null) ink.line(dot, { colour, width: DOT_PX, opacity });
    ink.curve(exact, {
      colour,
      width: isFaint ? 1 : LINE_PX + extra,
      opacity: isFaint ? opacity * EXACT_OPACITY : opacity,
    });
    if (smoothed !== null) {
      const through = lineThrough(x, smoothed, geometry);
      ink.curve(through, { colour, width: SMOOTHED_PX + extra, opacity });
    }
  }
}

/** The x and y of a line's point where it has only one, which no line shows. */
function onlyPoint(xy: Float64Array): Float64Array | null {
  const isPlaced = (value: number, i: number) => i % 2 === 1 && !Number.isNaN(value);
  const at = xy.findIndex(isPlaced);
  return at < 0 || xy.findLastIndex(isPlaced) > at ? null : xy.slice(at - 1, at + 1);
}

const BEYOND_PX = 2;

/** The points in view, and one more on each side, where the line comes from and goes to. */
function inSight(series: LineSeries, { view, width }: Geometry): LineSeries {
  const { place, value, smoothed, nonfinite } = series;
  const beyond = (BEYOND_PX * (view.to - view.from)) / width;
  const from = Math.max(0, rowFrom(place, view.from - beyond) - 1);
  const to = rowFrom(place, view.to + beyond) + 1;
  return {
    ...series,
    place: place.subarray(from, to),
    value: value.subarray(from, to),
    smoothed: smoothed?.subarray(from, to) ?? null,
    nonfinite: nonfinite.subarray(from, to),
  };
}

/** A cross at the foot of the plot where points are NaN or infinite. */
function drawNonFinite(ink: Ink, { held, series, geometry, theme }: LineScene): void {
  const y = geometry.height - FROM_BOTTOM_PX;
  const stroke = { colour: theme.nonfinite, width: LINE_PX };
  const marked = new Set<number>();
  for (const { place, nonfinite } of series) {
    if (!nonfinite.some((count) => count > 0)) continue;
    const x = placesInPixels(place, held, geometry);
    nonfinite.forEach((count, row) => {
      if (count > 0) marked.add(Math.round(x[row] as number));
    });
  }
  const inSight = [...marked].filter((x) => x >= -ARM_PX && x <= geometry.width + ARM_PX);
  for (const x of keptApart(
    inSight.sort((a, b) => a - b),
    CROSS_GAP_PX,
  )) {
    ink.line(Float64Array.of(x - ARM_PX, y - ARM_PX, x + ARM_PX, y + ARM_PX), stroke);
    ink.line(Float64Array.of(x - ARM_PX, y + ARM_PX, x + ARM_PX, y - ARM_PX), stroke);
  }
}
