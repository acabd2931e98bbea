import type {
  IChartApiBase,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  PrimitivePaneViewZOrder,
  SeriesAttachedParameter,
  SeriesType,
} from "lightweight-charts";
import type { DrawTarget } from "./ink.ts";

/** What is drawn along with a series of the chart library, by its axes, and drawn anew when it has changed. */
export abstract class Primitive implements ISeriesPrimitive<number> {
  protected chart: IChartApiBase<number> | undefined;
  protected series: ISeriesApi<SeriesType, number> | undefined;
  private requestUpdate: (() => void) | undefined;

  attached({ chart, series, requestUpdate }: SeriesAttachedParameter<number>): void {
    this.chart = chart;
    this.series = series;
    this.requestUpdate = requestUpdate;
  }

  detached(): void {
    this.chart = undefined;
    this.series = undefined;
    this.requestUpdate = undefined;
  }

  abstract paneViews(): readonly IPrimitivePaneView[];

  protected redraw(): void {
    this.requestUpdate?.();
  }
}

export function paneView(
  zOrder: PrimitivePaneViewZOrder,
  draw: (target: DrawTarget) => void,
): IPrimitivePaneView {
  return { zOrder: () => zOrder, renderer: () => ({ draw }) };
}
