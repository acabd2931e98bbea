import {
  type AutoscaleInfo,
  type AutoscaleInfoProvider,
  type ChartOptionsImpl,
  ColorType,
  CrosshairMode,
  type DeepPartial,
  LineStyle,
  type LineWidth,
  type PriceFormatCustom,
} from "lightweight-charts";
import { formatCompact, formatDigits } from "../base/format.ts";
import { fromPlotted, type PriceScale } from "../base/priceScale.ts";
import { formatDistinct } from "../base/ticks.ts";
import type { ChartTheme } from "./theme.ts";

export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

export const FONT_PX = 11;

// Wide enough for any label, so that the plot does not move when labels change.
const PRICE_AXIS_PX = 84;

// Finer than any price that can be told apart, and what the library needs to find round ticks.
const FINEST_MOVE = 1e-12;

/** Above the highest price and below the lowest one, as shares of a pane. */
export const PRICE_MARGINS = { top: 0.06, bottom: 0.08 };

// With that of an alert's mark, which stands on the highest candle.
const LABELS_ROOM_PX = 34;
const LABEL_LINE_PX = 22;
const MOST_FOR_LABELS = 0.4;

/** The same with room for lines of names and values in the upper left corner, which cover neither candles nor marks. */
export function marginsBelow(lines: number, height: number): typeof PRICE_MARGINS {
  if (lines === 0 || !(height > 0)) return PRICE_MARGINS;
  const wanted = (LABELS_ROOM_PX + lines * LABEL_LINE_PX) / height;
  return { ...PRICE_MARGINS, top: Math.max(PRICE_MARGINS.top, Math.min(MOST_FOR_LABELS, wanted)) };
}

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
      scaleMargins: PRICE_MARGINS,
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

/** `isNeverBelowZero`: room below zero is left for looks, and says nothing. */
export function priceFormat(scale: PriceScale, isNeverBelowZero: boolean): PriceFormatCustom {
  const marked = (values: readonly number[]) =>
    isNeverBelowZero ? values.filter((value) => value >= 0) : values;
  return {
    type: "custom",
    minMove: FINEST_MOVE,
    formatter: (plotted) => formatDigits(fromPlotted(plotted, scale), 5),
    tickmarksFormatter: (plotted) => {
      const labels = formatDistinct(marked(plotted), formatDigits);
      return plotted.map((value) => (isNeverBelowZero && value < 0 ? "" : (labels.shift() ?? "")));
    },
  };
}

export const volumeFormat = (): PriceFormatCustom => ({
  type: "custom",
  minMove: FINEST_MOVE,
  formatter: formatCompact,
  tickmarksFormatter: (values) => formatDistinct(values, (value, digits) => formatDigits(value, digits - 1)),
});

/** Where levels are labelled, ticks among them would only cover each other. */
export const indicatorFormat = (hasTicks: boolean): PriceFormatCustom => ({
  type: "custom",
  minMove: FINEST_MOVE,
  formatter: (value) => formatDigits(value, 4),
  tickmarksFormatter: (values) => (hasTicks ? formatDistinct(values, formatDigits) : values.map(() => "")),
});

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
