import type { IChartApiBase, IPrimitivePaneView, ISeriesApi, SeriesType } from "lightweight-charts";
import type { Axis, Range } from "../base/axis.ts";
import { placeTicks } from "../base/placeTicks.ts";
import { type PriceScale, toPlotted } from "../base/priceScale.ts";
import { valueTicks } from "../base/valueTicks.ts";
import type { Ink } from "./ink.ts";
import { PLACE_AXIS_PX, VALUE_AXIS_PX } from "./lineScene.ts";
import { FONT_PX } from "./options.ts";
import type { ChartTheme } from "./theme.ts";

/** What paints itself into a pane. */
export interface Painter {
  paneViews?(): readonly IPrimitivePaneView[];
}

/** A chart of the library, to be drawn elsewhere than on its screen. */
export interface Portrait {
  readonly chart: IChartApiBase<number>;
  readonly axis: Axis;
  readonly view: Range;
  /** Of a candle; a label stands in the middle of the one that begins there. */
  readonly width: number;
  /** Unix time at which the seconds of the axis begin, where they are shown as the time of day. */
  readonly clockStart: number | null;
  /** What paints into each pane, and how prices are spread over it. */
  readonly panes: readonly PortraitPane[];
  readonly theme: ChartTheme;
}

export interface PortraitPane {
  readonly painters: readonly Painter[];
  readonly scale: PriceScale;
}

type AnySeries = ISeriesApi<SeriesType, number>;

const LABEL_PX = 76;
const VALUE_GAP_PX = 30;
const CHARACTER_PX = 6.2;
const NAME_LEFT_PX = 10;
const NAME_TOP_PX = 12;
const SEPARATOR_PX = 1;

interface PaneBox {
  readonly top: number;
  readonly height: number;
  readonly width: number;
}

/** The chart without its axis: where each pane lies. */
function paneBoxes({ chart }: Portrait): PaneBox[] {
  const width = chart.timeScale().width();
  let top = 0;
  return chart.panes().map((pane) => {
    const box = { top, height: pane.getHeight(), width };
    top += box.height + SEPARATOR_PX;
    return box;
  });
}

export function portraitSize(portrait: Portrait): { readonly width: number; readonly height: number } {
  const last = paneBoxes(portrait).at(-1);
  const [bottom, width] = last ? [last.top + last.height, last.width] : [0, 0];
  return { width: width + VALUE_AXIS_PX, height: bottom + PLACE_AXIS_PX };
}

/** Draws every pane as the chart does, by its own coordinates, with both axes and the names of panes that have one. */
export function drawPortrait(ink: Ink, portrait: Portrait, names: ReadonlyMap<number, string>): void {
  const { chart, theme } = portrait;
  const size = portraitSize(portrait);
  ink.rect({ x: 0, y: 0, ...size }, theme.background);
  const boxes = paneBoxes(portrait);
  const { width } = boxes[0] ?? { width: 0 };
  const bottom = size.height - PLACE_AXIS_PX;
  drawPlaces(ink, portrait, width, bottom);
  for (const [i, pane] of chart.panes().entries()) {
    const [box, known] = [boxes[i], portrait.panes[i]];
    const [scaled] = pane.getSeries() as AnySeries[];
    if (!box || !scaled) continue;
    drawValues(ink, box, scaled, known?.scale ?? "linear", theme);
    drawPane(ink, portrait, box, pane.getSeries() as AnySeries[], known?.painters ?? []);
    const look = { colour: theme.text, px: FONT_PX, align: "left" } as const;
    const name = names.get(i);
    if (name !== undefined) ink.text(name, NAME_LEFT_PX, box.top + NAME_TOP_PX, look);
    if (i > 0) ink.rect({ x: 0, y: box.top - SEPARATOR_PX, width: size.width, height: 1 }, theme.border);
  }
  ink.rect({ x: width, y: 0, width: 1, height: bottom }, theme.border);
  ink.rect({ x: 0, y: bottom, width: size.width, height: 1 }, theme.border);
}

function drawPlaces(ink: Ink, portrait: Portrait, width: number, bottom: number): void {
  const { view, theme, clockStart } = portrait;
  const start = clockStart ?? 0;
  const axis = clockStart === null ? portrait.axis : "wall_time";
  const shown = { from: view.from + start, to: view.to + start };
  const perUnit = width / (view.to - view.from);
  for (const { place, label } of placeTicks(axis, shown, LABEL_PX / perUnit)) {
    const x = Math.round((place - start + portrait.width / 2 - view.from) * perUnit);
    ink.rect({ x, y: 0, width: 1, height: bottom }, theme.grid);
    const half = (label.length * CHARACTER_PX) / 2;
    if (x < half || x > width - half || place < 0) continue;
    ink.text(label, x, bottom + PLACE_AXIS_PX / 2, { colour: theme.text, px: FONT_PX, align: "center" });
  }
}

function drawValues(ink: Ink, box: PaneBox, series: AnySeries, scale: PriceScale, theme: ChartTheme): void {
  const [high, low] = [series.coordinateToPrice(0), series.coordinateToPrice(box.height)];
  if (high === null || low === null) return;
  for (const { value, label } of valueTicks(low, high, (VALUE_GAP_PX / box.height) * (high - low), scale)) {
    const y = Math.round(series.priceToCoordinate(toPlotted(value, scale)) ?? Number.NaN);
    ink.rect({ x: 0, y: box.top + y, width: box.width, height: 1 }, theme.grid);
    const isWhole = y >= FONT_PX / 2 && y <= box.height - FONT_PX / 2;
    const look = { colour: theme.text, px: FONT_PX, align: "left" } as const;
    if (isWhole) ink.text(label, box.width + 10, box.top + y, look);
  }
}

const LAYERS = ["bottom", "normal", "top"] as const;

function drawPane(
  ink: Ink,
  { chart }: Portrait,
  { top, width, height }: PaneBox,
  series: readonly AnySeries[],
  painters: readonly Painter[],
): void {
  const box = { x: 0, y: top, width, height };
  ink.within(box, () => {
    for (const one of series) drawSeries(ink, chart, one, height);
  });
  const views = painters.flatMap((painter) => painter.paneViews?.() ?? []);
  for (const layer of LAYERS) {
    for (const view of views) {
      const renderer = (view.zOrder?.() ?? "normal") === layer ? view.renderer() : null;
      if (renderer) ink.canvas(box, (target) => renderer.draw(target));
    }
  }
}

/** A line or columns of the library's own, as indicators below the candles are. */
function drawSeries(ink: Ink, chart: IChartApiBase<number>, series: AnySeries, height: number): void {
  const { lineVisible, visible, color, lineWidth } = series.options() as LineLook;
  if (lineVisible === false || visible === false || color === undefined) return;
  const xy = series.data().flatMap((point) => {
    const value = "value" in point ? point.value : Number.NaN;
    const x = chart.timeScale().timeToCoordinate(point.time);
    return [x ?? Number.NaN, x === null ? Number.NaN : (series.priceToCoordinate(value) ?? Number.NaN)];
  });
  if (series.seriesType() === "Line") {
    ink.line(Float64Array.from(xy), { colour: color, width: lineWidth ?? 1 });
    return;
  }
  const foot = Math.min(height, series.priceToCoordinate(0) ?? height);
  const width = Math.max(1, (xy[2] ?? 0) - (xy[0] ?? 0) - 1);
  for (let i = 0; i + 1 < xy.length; i += 2) {
    const [x, y] = [xy[i] as number, xy[i + 1] as number];
    if (Number.isNaN(y)) continue;
    ink.rect({ x: x - width / 2, y: Math.min(y, foot), width, height: Math.abs(foot - y) }, color);
  }
}

interface LineLook {
  readonly visible?: boolean;
  readonly lineVisible?: boolean;
  readonly color?: string;
  readonly lineWidth?: number;
}
