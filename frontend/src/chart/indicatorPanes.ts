import {
  type AutoscaleInfo,
  type AutoscaleInfoProvider,
  type HistogramData,
  HistogramSeries,
  type IChartApiBase,
  type IPaneApi,
  type ISeriesApi,
  type LineData,
  LineSeries,
  LineStyle,
  type LineWidth,
} from "lightweight-charts";
import type { IndicatorColumn } from "../data/indicators.ts";
import type { DrawnIndicator } from "./indicator.ts";
import { indicatorFormat } from "./options.ts";
import { PriceAxis } from "./priceAxis.ts";
import type { ChartTheme } from "./theme.ts";

const LINE_PX = 1.5;
const PICKED_PX = 3;
const TITLE_PX = 22;

/** Levels that a reader compares an indicator with, by its name. */
const LEVELS: Readonly<Record<string, readonly number[]>> = {
  rsi: [30, 70],
  zscore: [-3, 0, 3],
  macd: [0],
  momentum: [0],
  rate_of_change: [0],
  drawdown: [0],
};

type AnySeries = ISeriesApi<"Line", number> | ISeriesApi<"Histogram", number>;

interface Pane {
  readonly name: string;
  readonly api: IPaneApi<number>;
  readonly series: ReadonlyMap<string, AnySeries>;
  readonly levels: readonly ReturnType<AnySeries["createPriceLine"]>[];
  readonly axis: PriceAxis;
}

/** Indicators with a scale of their own, each in a pane below the others that can be pulled taller. */
export class IndicatorPanes {
  private readonly panes = new Map<string, Pane>();

  constructor(private readonly chart: IChartApiBase<number>) {}

  /** The pane of each indicator: its place among all panes of the chart. */
  get indices(): ReadonlyMap<string, number> {
    return new Map([...this.panes].map(([id, { api }]) => [id, api.paneIndex()]));
  }

  setData(indicators: readonly DrawnIndicator[], buckets: Float64Array, theme: ChartTheme): void {
    const wanted = new Set(indicators.map(({ id }) => id));
    const gone = new Map([...this.panes].filter(([id]) => !wanted.has(id)));
    for (const indicator of indicators) {
      const pane = this.panes.get(indicator.id) ?? this.taken(indicator, gone) ?? this.add(indicator);
      fill(pane, indicator, buckets, theme);
    }
    for (const [id, { api }] of gone) {
      this.chart.removePane(api.paneIndex());
      this.panes.delete(id);
    }
  }

  /** With other numbers an indicator keeps its pane, and the height that it was given. */
  private taken({ id, name }: DrawnIndicator, gone: Map<string, Pane>): Pane | undefined {
    for (const [before, pane] of gone) {
      if (pane.name !== name) continue;
      gone.delete(before);
      this.panes.delete(before);
      this.panes.set(id, pane);
      return pane;
    }
    return undefined;
  }

  close(): void {
    for (const { api } of this.panes.values()) this.chart.removePane(api.paneIndex());
    this.panes.clear();
  }

  /** Before the candles get another grid: bars of one at a time only. */
  clear(): void {
    for (const { series } of this.panes.values()) for (const one of series.values()) one.setData([]);
  }

  /** A pane's title stands above its line; options of the whole chart undo this. */
  makeRoomForTitles(): void {
    for (const { api, series } of this.panes.values()) {
      const height = api.getHeight();
      const top = height > 0 ? Math.min(0.5, TITLE_PX / height) : 0;
      for (const one of series.values())
        one.priceScale().applyOptions({ scaleMargins: { top, bottom: 0.06 } });
    }
  }

  private add({ id, name, outputs }: DrawnIndicator): Pane {
    const api = this.chart.addPane();
    api.setStretchFactor(1);
    const index = api.paneIndex();
    const prices = LEVELS[name] ?? [];
    const axis = new PriceAxis();
    const series = new Map(outputs.map((output) => [output, this.addSeries(output, index, prices, axis)]));
    const [first] = series.values();
    first?.attachPrimitive(axis);
    const levels = prices.flatMap((price) => first?.createPriceLine(levelOptions(price)) ?? []);
    const pane = { name, api, series, levels, axis };
    this.panes.set(id, pane);
    return pane;
  }

  private addSeries(output: string, pane: number, levels: readonly number[], axis: PriceAxis): AnySeries {
    const options = {
      lastValueVisible: false,
      priceLineVisible: false,
      crosshairMarkerVisible: false,
      priceFormat: axis.instead(indicatorFormat(levels.length < 2)),
      autoscaleInfoProvider: roomForLevels(levels),
    };
    return output === "histogram"
      ? this.chart.addSeries(HistogramSeries, options, pane)
      : this.chart.addSeries(LineSeries, options, pane);
  }
}

/** Where there is more than one, a reader has to see all of them to know which is near. */
const roomForLevels =
  (levels: readonly number[]): AutoscaleInfoProvider =>
  (original: () => AutoscaleInfo | null) => {
    const info = original();
    if (levels.length < 2 || !info?.priceRange) return info;
    const { minValue, maxValue } = info.priceRange;
    const priceRange = { minValue: Math.min(minValue, ...levels), maxValue: Math.max(maxValue, ...levels) };
    return { ...info, priceRange };
  };

const levelOptions = (price: number) => ({
  price,
  lineWidth: 1 as LineWidth,
  lineStyle: LineStyle.Dashed,
  axisLabelVisible: true,
  title: "",
});

function fill(pane: Pane, indicator: DrawnIndicator, buckets: Float64Array, theme: ChartTheme): void {
  const { columns, colour, isPicked } = indicator;
  pane.axis.show(theme, "linear");
  for (const level of pane.levels) level.applyOptions({ color: theme.level, axisLabelColor: theme.level });
  for (const [output, series] of pane.series) {
    if (output === "histogram") series.applyOptions({ color: theme.volume });
    else {
      const lineStyle = output === "signal" ? LineStyle.Dashed : LineStyle.Solid;
      const lineWidth = (isPicked ? PICKED_PX : LINE_PX) as LineWidth;
      series.applyOptions({ color: colour, lineWidth, lineStyle });
    }
    // Without values there is nothing to see: those before were of other candles, or of other numbers.
    const column = columns.find((one) => one.output === output);
    series.setData(column ? pointsOf(column, buckets) : []);
  }
}

function pointsOf(
  { values }: IndicatorColumn,
  buckets: Float64Array,
): (LineData<number> & HistogramData<number>)[] {
  const points: { time: number; value: number }[] = [];
  for (let row = 0; row < buckets.length; row++) {
    const value = values[row] ?? Number.NaN;
    if (Number.isFinite(value)) points.push({ time: buckets[row] ?? 0, value });
  }
  return points;
}
