import type { AutoscaleInfo, IChartApiBase } from "lightweight-charts";
import type { Candles } from "../api/types.ts";
import type { Range } from "../base/axis.ts";
import type { Grid } from "../base/grid.ts";
import { rowFrom } from "./bars.ts";
import { CanvasSeries, type Painting } from "./canvasSeries.ts";
import { volumeFormat } from "./options.ts";
import { type Plot, paintColumns, type VolumeBars } from "./paint.ts";
import type { Painter } from "./portrait.ts";
import { PriceAxis } from "./priceAxis.ts";
import type { ChartTheme } from "./theme.ts";

const TITLE_PX = 24;

/** The volume of the run in focus, below its prices. */
export class VolumePane implements Painting {
  private readonly canvas: CanvasSeries;
  private readonly axis = new PriceAxis();
  private bars: VolumeBars = { bucket: new Float64Array(), value: new Float64Array() };
  private available: AutoscaleInfo | null = null;
  private colour = "";

  constructor(
    private readonly chart: IChartApiBase<number>,
    pane: number,
  ) {
    this.canvas = new CanvasSeries(chart, pane, this.axis.instead(volumeFormat()), this);
    this.canvas.line.attachPrimitive(this.axis);
  }

  get painter(): Painter {
    return this.canvas;
  }

  lay(grid: Grid): void {
    this.canvas.lay(grid, false);
  }

  refit(): void {
    this.canvas.refit();
  }

  clear(): void {
    this.canvas.clear();
  }

  show(candles: Candles, theme: ChartTheme): void {
    this.bars = volumeBars(candles);
    this.colour = theme.volume;
    this.axis.show(theme, "linear");
    this.canvas.update();
  }

  /** The pane's title stands above the columns; options of the whole chart undo this. */
  makeRoomForTitle(height: number): void {
    const top = height > 0 ? Math.min(0.6, TITLE_PX / height) : 0;
    this.canvas.line.priceScale().applyOptions({ scaleMargins: { top, bottom: 0 } });
  }

  /** What is in sight, from zero on. */
  fitTo(view: Range, width: number): void {
    let maxValue = 0;
    const end = rowFrom(this.bars, view.to / width);
    for (let row = rowFrom(this.bars, Math.floor(view.from / width)); row < end; row++) {
      maxValue = Math.max(maxValue, this.bars.value[row] ?? 0);
    }
    this.available = { priceRange: { minValue: 0, maxValue: maxValue || 1 } };
  }

  room(): AutoscaleInfo | null {
    return this.available;
  }

  paint(plot: Plot): void {
    paintColumns(plot, this.bars, this.colour);
  }

  close(): void {
    this.chart.removeSeries(this.canvas.line);
  }
}

function volumeBars({ columns, width }: Candles): VolumeBars {
  const rows = [...columns.volume.keys()].filter((row) => Number.isFinite(columns.volume[row]));
  return {
    bucket: Float64Array.from(rows, (row) => Math.round((columns.x[row] ?? Number.NaN) / width)),
    value: Float64Array.from(rows, (row) => columns.volume[row] ?? Number.NaN),
  };
}
