import type {
  CandlestickData,
  IChartApiBase,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  SeriesAttachedParameter,
  SeriesType,
} from "lightweight-charts";

type DrawTarget = Parameters<IPrimitivePaneRenderer["draw"]>[0];

const HALF_WIDTH_PX = 4;
const LENGTH_PX = 6;

/** An arrow at the edge of the pane for every candle that reaches beyond it: no extreme is hidden silently. */
export class CutMarks implements ISeriesPrimitive<number> {
  private chart: IChartApiBase<number> | undefined;
  private series: ISeriesApi<SeriesType, number> | undefined;
  private candles: readonly CandlestickData<number>[] = [];
  private readonly views: readonly IPrimitivePaneView[] = [
    { zOrder: () => "top", renderer: () => ({ draw: (target) => this.draw(target) }) },
  ];

  attached({ chart, series }: SeriesAttachedParameter<number>): void {
    this.chart = chart;
    this.series = series;
  }

  detached(): void {
    this.chart = undefined;
    this.series = undefined;
  }

  setData(candles: readonly CandlestickData<number>[]): void {
    this.candles = candles;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.views;
  }

  private draw(target: DrawTarget): void {
    const { series } = this;
    const timeScale = this.chart?.timeScale();
    if (!timeScale || !series) return;
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      const [top, bottom] = [series.coordinateToPrice(0), series.coordinateToPrice(mediaSize.height)];
      if (top === null || bottom === null) return;
      for (const { time, high, low, wickColor } of this.candles) {
        if (high <= top && low >= bottom) continue;
        const x = timeScale.timeToCoordinate(time);
        if (x === null || x < 0 || x > mediaSize.width) continue;
        context.fillStyle = wickColor ?? "";
        if (high > top) arrow(context, x, 0, LENGTH_PX);
        if (low < bottom) arrow(context, x, mediaSize.height, -LENGTH_PX);
      }
    });
  }
}

function arrow(context: CanvasRenderingContext2D, x: number, tip: number, length: number): void {
  context.beginPath();
  context.moveTo(x, tip);
  context.lineTo(x - HALF_WIDTH_PX, tip + length);
  context.lineTo(x + HALF_WIDTH_PX, tip + length);
  context.fill();
}
