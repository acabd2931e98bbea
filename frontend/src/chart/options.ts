import {
  type AutoscaleInfo,
  type AutoscaleInfoProvider,
  type CandlestickData,
  type ChartOptionsImpl,
  ColorType,
  CrosshairMode,
  type DeepPartial,
  type LineSeriesPartialOptions,
  LineStyle,
  type LineWidth,
  type PriceFormatCustom,
} from "lightweight-charts";
import type { Range } from "../base/axis.ts";
import { formatCompact, formatDigits } from "../base/format.ts";
import { formatDistinct } from "../base/ticks.ts";
import { fromPlotted, type PriceScale } from "./bars.ts";
import type { ChartTheme } from "./theme.ts";

export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

export const FONT_PX = 11;

// At one pixel a slanting line is so faint that its colour can't be told.
const LINE_PX = 1.5;

// Wide enough for any label, so that the plot does not move when labels change.
const PRICE_AXIS_PX = 84;

// Finer than any price that can be told apart, and what the library needs to find round ticks.
const FINEST_MOVE = 1e-12;

export function chartOptions(theme: ChartTheme): DeepPartial<ChartOptionsImpl<number>> {
  const label = { labelBackgroundColor: theme.crosshairLabel, color: theme.crosshair, width: 1 as LineWidth };
  return {
    autoSize: true,
    layout: {
      background: { type: ColorType.Solid, color: theme.background },
      textColor: theme.text,
      fontFamily: FONT,
      fontSize: FONT_PX,
      panes: { separatorColor: theme.border, separatorHoverColor: theme.grid, enableResize: true },
    },
    grid: { vertLines: { color: theme.grid }, horzLines: { color: theme.grid } },
    rightPriceScale: {
      borderColor: theme.border,
      minimumWidth: PRICE_AXIS_PX,
      entireTextOnly: true,
      scaleMargins: { top: 0.06, bottom: 0.08 },
    },
    crosshair: {
      mode: CrosshairMode.Normal,
      vertLine: { ...label, style: LineStyle.Dashed },
      horzLine: { ...label, style: LineStyle.Dashed },
    },
    timeScale: timeScaleOptions(theme),
    // Wheel, drag and pinch move the view in units of the axis; see gestures.ts.
    handleScroll: false,
    handleScale: {
      mouseWheel: false,
      pinch: false,
      axisPressedMouseMove: { time: false, price: true },
      axisDoubleClickReset: { time: false, price: true },
    },
  };
}

const timeScaleOptions = (theme: ChartTheme) => ({
  borderColor: theme.border,
  uniformDistribution: true,
  allowBoldLabels: false,
  lockVisibleTimeRangeOnResize: true,
  shiftVisibleRangeOnNewBar: false,
  tickMarkMaxCharacterLength: 9,
  minBarSpacing: 0.02,
});

/** The series that holds the grid: never seen, on a scale of its own. */
export const gridSeriesOptions = (): LineSeriesPartialOptions => ({
  priceScaleId: "grid",
  lineVisible: false,
  crosshairMarkerVisible: false,
  lastValueVisible: false,
  priceLineVisible: false,
});

export const lineOptions = (color: string, scale: PriceScale): LineSeriesPartialOptions => ({
  color,
  lineWidth: LINE_PX as LineWidth,
  lastValueVisible: false,
  priceLineVisible: false,
  crosshairMarkerVisible: false,
  priceFormat: priceFormat(scale),
  autoscaleInfoProvider: roomForConstants,
});

export function priceFormat(scale: PriceScale): PriceFormatCustom {
  return {
    type: "custom",
    minMove: FINEST_MOVE,
    formatter: (plotted) => formatDigits(fromPlotted(plotted, scale), 5),
    // A log scale has marks of its own; see logAxis.ts.
    tickmarksFormatter: (plotted) =>
      scale === "log" ? plotted.map(() => "") : formatDistinct(plotted, formatDigits),
  };
}

export const volumeFormat = (): PriceFormatCustom => ({
  type: "custom",
  minMove: FINEST_MOVE,
  formatter: formatCompact,
  tickmarksFormatter: (values) => formatDistinct(values, (value, digits) => formatDigits(value, digits - 1)),
});

export const indicatorFormat = (): PriceFormatCustom => ({
  type: "custom",
  minMove: FINEST_MOVE,
  formatter: (value) => formatDigits(value, 4),
  tickmarksFormatter: (values) => formatDistinct(values, formatDigits),
});

/** What prices are fitted to: all of every candle, or the bodies, which one spike does not flatten. */
export type PriceFit = "wicks" | "bodies";

/** Room for the bodies of the candles in view; null where there are none. */
export function roomForBodies(
  candles: readonly CandlestickData<number>[],
  view: Range,
): AutoscaleInfo | null {
  let [minValue, maxValue] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { time, open, close } of candles) {
    if (time < view.from || time >= view.to) continue;
    minValue = Math.min(minValue, open, close);
    maxValue = Math.max(maxValue, open, close);
  }
  return minValue <= maxValue ? { priceRange: { minValue, maxValue } } : null;
}

/** A series that never changes is drawn in the middle of a scale, not along the edge of one a hair high. */
export const roomForConstants: AutoscaleInfoProvider = (original: () => AutoscaleInfo | null) => {
  const info = original();
  if (!info?.priceRange) return info;
  const { minValue, maxValue } = info.priceRange;
  const size = Math.max(Math.abs(minValue), Math.abs(maxValue));
  if (maxValue - minValue > size * 1e-9) return info;
  const room = size > 0 ? size * 0.05 : 1;
  return { ...info, priceRange: { minValue: minValue - room, maxValue: maxValue + room } };
};
