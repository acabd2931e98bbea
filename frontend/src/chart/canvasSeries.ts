import {
  type AutoscaleInfo,
  type DeepPartial,
  type IChartApiBase,
  type ISeriesApi,
  LineSeries,
  type LineStyleOptions,
  type LineWidth,
  type Logical,
  type PriceFormatCustom,
  PriceScaleMode,
  type SeriesOptionsCommon,
} from "lightweight-charts";
import { bucketStart, type Grid } from "../base/grid.ts";
import type { DrawTarget } from "./ink.ts";
import { type Plot, pricesOver } from "./paint.ts";
import { Primitive, paneView } from "./primitive.ts";

// Bars apart, so that the distance between two is exact.
const FAR = 1000;

/** What is drawn in a pane, from columns and not from an object for each bar. */
export interface Painting {
  /** What of the axis of prices it needs; null: nothing to see. */
  room(): AutoscaleInfo | null;
  paint(plot: Plot): void;
}

/**
 * A painting with the axes, crosshair and scale of the chart library: that of a series which is never seen
 * and holds no more than the grid.
 */
export class CanvasSeries extends Primitive {
  /** What has the scale. */
  readonly line: ISeriesApi<"Line", number>;
  private grid: Grid | null = null;
  private readonly views = [paneView("normal", (target) => this.draw(target))];

  constructor(
    chart: IChartApiBase<number>,
    pane: number,
    format: PriceFormatCustom,
    private readonly painting: Painting,
  ) {
    super();
    const options: DeepPartial<LineStyleOptions & SeriesOptionsCommon> = {
      ...UNSEEN,
      priceFormat: format,
      autoscaleInfoProvider: () => this.painting.room(),
    };
    this.line = chart.addSeries(LineSeries, options, pane);
    this.line.attachPrimitive(this);
  }

  paneViews() {
    return this.views;
  }

  /** Lays all buckets of the chart, or takes its place on those that another series has laid. */
  lay(grid: Grid, all: boolean): void {
    const same = this.grid && this.grid.first === grid.first && this.grid.width === grid.width;
    if (same && this.grid?.count === grid.count) return;
    this.grid = grid;
    // Without a value at or after what is in sight the library knows no scale.
    const last = { time: bucketStart(grid, grid.count - 1), value: 0 };
    this.line.setData(all ? [...whitespace(grid), last] : [last]);
  }

  clear(): void {
    this.grid = null;
    this.line.setData([]);
  }

  /** Asks anew what room is needed; the library does so by itself only where the view moves. */
  refit(): void {
    this.line.priceScale().applyOptions({ mode: PriceScaleMode.Normal });
  }

  update(): void {
    this.redraw();
  }

  private draw(target: DrawTarget): void {
    target.useBitmapCoordinateSpace(({ context, bitmapSize, horizontalPixelRatio, verticalPixelRatio }) => {
      const height = bitmapSize.height / verticalPixelRatio;
      const plot = this.plot(horizontalPixelRatio, verticalPixelRatio, height);
      if (plot) this.painting.paint({ ...plot, context, ...bitmapSize, ratio: horizontalPixelRatio });
    });
  }

  private plot(
    across: number,
    down: number,
    height: number,
  ): Pick<Plot, "x0" | "spacing" | "y0" | "perPrice"> | null {
    const { grid, line } = this;
    const timeScale = this.chart?.timeScale();
    const [left, right] = [0, FAR].map((bar) => timeScale?.logicalToCoordinate(bar as Logical));
    const [top, bottom] = [line.coordinateToPrice(0), line.coordinateToPrice(height)];
    if (!grid || left == null || right == null || top === null || bottom === null) return null;
    const spacing = ((right - left) / FAR) * across;
    return {
      x0: left * across - grid.first * spacing,
      spacing,
      ...pricesOver(top, bottom, height * down),
    };
  }
}

const UNSEEN = {
  lineVisible: false,
  crosshairMarkerVisible: false,
  lastValueVisible: false,
  priceLineVisible: false,
  lineWidth: 1 as LineWidth,
};

function* whitespace(grid: Grid): Generator<{ readonly time: number }> {
  for (let i = 0; i < grid.count - 1; i++) yield { time: bucketStart(grid, i) };
}
