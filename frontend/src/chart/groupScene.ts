import { direction, type Polarity } from "../base/polarity.ts";
import type { Ink } from "./ink.ts";
import { type Geometry, lineThrough, xOf, yOf } from "./lineGeometry.ts";
import { drawAxes, PLACE_AXIS_PX, VALUE_AXIS_PX } from "./lineScene.ts";
import type { ChartTheme } from "./theme.ts";

/** Candles over the runs of a group, by steps; `width` is that of each. */
export interface GroupSeries {
  readonly name: string;
  readonly colour: string;
  readonly width: number;
  readonly x: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly mean: Float64Array;
  /** Standard deviation of the runs' means. */
  readonly spread: Float64Array;
}

/** Mean and deviation of every group, and the candles of the one in focus. */
export interface GroupScene {
  readonly series: readonly GroupSeries[];
  readonly focus: string | null;
  readonly polarity: Polarity;
  readonly geometry: Geometry;
  readonly theme: ChartTheme;
}

const LINE_PX = 2;
const BAND_OPACITY = 0.16;
const DIMMED_OPACITY = 0.35;
const BODY_SHARE = 0.7;
const ROOM = 0.06;

/**
 * Where everything lies that is to be seen; null while there is nothing, or no room. Values are fitted to the
 * group in focus, whatever a neighbour's outliers are; without one to all means and their deviations.
 */
export function groupGeometry(
  series: readonly GroupSeries[],
  focus: string | null,
  size: { readonly width: number; readonly height: number; readonly ratio: number },
): Geometry | null {
  const [width, height] = [size.width - VALUE_AXIS_PX, size.height - PLACE_AXIS_PX];
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [low, high] = [from, to];
  const isFocusThere = series.some(({ name }) => name === focus);
  for (const one of series) {
    from = Math.min(from, one.x[0] ?? from);
    to = Math.max(to, (one.x.at(-1) ?? to) + one.width);
    for (const heights of heightsOf(one, isFocusThere ? focus : null)) {
      for (const value of heights) {
        // What is not finite has no place.
        if (value < low && value > Number.NEGATIVE_INFINITY) low = value;
        if (value > high && value < Number.POSITIVE_INFINITY) high = value;
      }
    }
  }
  if (!(low <= high) || width <= 0 || height <= 0) return null;
  const room = (high - low) * ROOM || Math.abs(high) * ROOM || 1;
  const view = { from, to };
  return { view, width, height, ratio: size.ratio, scale: "linear", low: low - room, high: high + room };
}

function heightsOf(one: GroupSeries, focus: string | null): readonly Float64Array[] {
  if (focus !== null && one.name !== focus) return [];
  const band = [edge(one, -1), edge(one, 1)];
  return focus === null ? band : [...band, one.low, one.high];
}

/** The band's edge below (-1) or above (1) the mean. */
const edge = ({ mean, spread }: GroupSeries, side: -1 | 1): Float64Array =>
  mean.map((value, i) => value + side * (spread[i] ?? 0));

const middles = ({ x, width }: GroupSeries, geometry: Geometry): Float64Array =>
  x.map((begin) => xOf(geometry, begin + width / 2));

export function drawGroups(ink: Ink, scene: GroupScene): void {
  const { series, focus, geometry, theme } = scene;
  const { width, height } = geometry;
  ink.rect({ x: 0, y: 0, width: width + VALUE_AXIS_PX, height: height + PLACE_AXIS_PX }, theme.background);
  drawAxes(ink, { axis: "steps", geometry, theme });
  ink.within({ x: 0, y: 0, width, height }, () => {
    const isOver = ({ name }: GroupSeries) => name === focus;
    const order = [...series].sort((a, b) => Number(isOver(a)) - Number(isOver(b)));
    for (const one of order) {
      const opacity = focus === null || isOver(one) ? 1 : DIMMED_OPACITY;
      const x = middles(one, geometry);
      drawBand(ink, x, one, geometry, BAND_OPACITY * opacity);
      if (isOver(one)) drawCandles(ink, one, scene);
      ink.line(lineThrough(x, one.mean, geometry), { colour: one.colour, width: LINE_PX, opacity });
    }
  });
}

/** From one edge forth and along the other back, in parts where a mean is missing. */
function drawBand(ink: Ink, x: Float64Array, one: GroupSeries, geometry: Geometry, opacity: number): void {
  const [below, above] = [edge(one, -1), edge(one, 1)];
  for (let begin = 0; begin < x.length; begin++) {
    let end = begin;
    while (end < x.length && Number.isFinite(one.mean[end])) end++;
    if (end > begin) {
      const part = (values: Float64Array) => values.subarray(begin, end);
      const forth = lineThrough(part(x), part(below), geometry);
      const back = lineThrough(part(x).toReversed(), part(above).toReversed(), geometry);
      ink.area(Float64Array.of(...forth, ...back), one.colour, opacity);
    }
    begin = end;
  }
}

function drawCandles(ink: Ink, one: GroupSeries, { geometry, theme, polarity }: GroupScene): void {
  const bodyPx = Math.max(
    1,
    (one.width / (geometry.view.to - geometry.view.from)) * geometry.width * BODY_SHARE,
  );
  const x = middles(one, geometry);
  for (const [i, middle] of x.entries()) {
    const [open, high, low, close] = [one.open, one.high, one.low, one.close].map((price) =>
      yOf(geometry, price[i] ?? Number.NaN),
    ) as [number, number, number, number];
    if (!Number.isFinite(open)) continue;
    const meaning = direction(one.open[i] ?? 0, one.close[i] ?? 0, polarity);
    const stroke = { colour: theme.candle[meaning], width: 1 };
    const [top, bottom] = [Math.min(open, close), Math.max(open, close)];
    const [left, right] = [middle - bodyPx / 2, middle + bodyPx / 2];
    ink.line(
      Float64Array.of(middle, high, middle, top, middle, Number.NaN, middle, bottom, middle, low),
      stroke,
    );
    const body = Float64Array.of(left, top, right, top, right, bottom, left, bottom, left, top);
    if (meaning === "worse") ink.area(body, stroke.colour, 1);
    ink.line(body, stroke);
  }
}
