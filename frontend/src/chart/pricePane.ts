import type { AutoscaleInfo, IChartApiBase, ISeriesApi } from "lightweight-charts";
import type { Grid } from "../base/grid.ts";
import type { PriceScale } from "../base/priceScale.ts";
import { nonFiniteBuckets } from "./bars.ts";
import { CanvasSeries, type Painting } from "./canvasSeries.ts";
import { paintCrosses, paintCutMarks } from "./marks.ts";
import { marginsBelow, PRICE_MARGINS, priceFormat, roomForConstants } from "./options.ts";
import {
  type BandAlpha,
  type CandleLook,
  type Plot,
  paintBand,
  paintCandles,
  paintLine,
  paintOhlc,
} from "./paint.ts";
import type { Painter } from "./portrait.ts";
import { PriceAxis } from "./priceAxis.ts";
import type { Strand } from "./strands.ts";
import type { ChartTheme } from "./theme.ts";

const THREAD_PX = 1.5;
const FIRST_LINE_PX = 2;

/** How runs that are lines look. */
interface LineLook {
  readonly band: BandAlpha;
  readonly linePx: number;
}

// One band may be seen well; twenty of them have to let each other through, and to be quick.
const ONE: LineLook = { band: [0.2, 0.45], linePx: 1.5 };
const SOME: LineLook = { band: [0.1, 0.22], linePx: 1.5 };
// A canvas takes four to ten times as long for lines that are wider than a pixel.
const MANY: LineLook = { band: [0.13, 0], linePx: 1 };
const MOST_EDGED = 6;

/** One pane of prices, with a scale of its own. Draws what it is handed. */
export class PricePane implements Painting {
  private readonly canvas: CanvasSeries;
  private readonly axis = new PriceAxis();
  private strands: readonly Strand[] = [];
  private crosses: readonly number[] = [];
  private available: AutoscaleInfo | null = null;
  private theme: ChartTheme | null = null;

  constructor(
    private readonly chart: IChartApiBase<number>,
    pane: number,
  ) {
    this.canvas = new CanvasSeries(chart, pane, priceFormat("linear", false), this);
    this.series.attachPrimitive(this.axis);
    // A pane that comes later does not have the options of the chart.
    this.series.priceScale().applyOptions({ scaleMargins: PRICE_MARGINS });
  }

  /** What paints it, but for the axis. */
  get painter(): Painter {
    return this.canvas;
  }

  /** What has the pane's scale: for overlays, markers and the crosshair. */
  get series(): ISeriesApi<"Line", number> {
    return this.canvas.line;
  }

  lay(grid: Grid, all: boolean): void {
    this.canvas.lay(grid, all);
  }

  refit(): void {
    this.canvas.refit();
  }

  clear(): void {
    this.canvas.clear();
  }

  show(strands: readonly Strand[], theme: ChartTheme): void {
    this.strands = strands;
    this.theme = theme;
    const first = strands[0];
    this.crosses = first ? nonFiniteBuckets(first.run.candles) : [];
    this.canvas.update();
  }

  setScale(scale: PriceScale, theme: ChartTheme, isNeverBelowZero: boolean): void {
    this.series.applyOptions({ priceFormat: this.axis.instead(priceFormat(scale, isNeverBelowZero)) });
    this.axis.show(theme, scale, isNeverBelowZero);
  }

  /** Undoes what dragging the price axis did. */
  fit(): void {
    this.series.priceScale().applyOptions({ autoScale: true });
  }

  /** Options of the whole chart undo it. */
  makeRoomForLabels(lines: number, height: number): void {
    this.series.priceScale().applyOptions({ scaleMargins: marginsBelow(lines, height) });
  }

  setRoom(room: AutoscaleInfo | null): void {
    this.available = room;
  }

  room(): AutoscaleInfo | null {
    return roomForConstants(() => this.available);
  }

  paint(plot: Plot): void {
    const { strands, theme } = this;
    if (theme === null) return;
    const lines = strands.filter(({ shape }) => shape === "line");
    const look = lineLook(lines.length);
    // The run in focus comes last, above all others.
    for (const { bars, run } of lines.toReversed()) paintBand(plot, bars, run.colour, look.band);
    for (const strand of strands.toReversed()) this.paintStrand(plot, strand, theme, look.linePx);
    paintCrosses(plot, this.crosses, theme.nonfinite);
  }

  close(): void {
    this.chart.removeSeries(this.series);
  }

  private paintStrand(plot: Plot, strand: Strand, theme: ChartTheme, linePx: number): void {
    const { bars, run, shape, threaded } = strand;
    if (shape === "line") {
      paintLine(plot, bars, run.colour, strand === this.strands[0] ? FIRST_LINE_PX : linePx);
      return;
    }
    const look = lookOf(strand, theme);
    if (threaded) paintLine(plot, bars, run.colour, THREAD_PX);
    if (shape === "bars") paintOhlc(plot, bars, look);
    else paintCandles(plot, bars, look);
    paintCutMarks(plot, bars, look);
  }
}

function lineLook(lines: number): LineLook {
  if (lines > MOST_EDGED) return MANY;
  return lines > 1 ? SOME : ONE;
}

/** Red and green; where several runs share a bucket, the colour says which, and only hollow says better. */
function lookOf({ run, slot, slots }: Strand, theme: ChartTheme): CandleLook {
  const { background } = theme;
  const own = { better: run.colour, worse: run.colour, same: run.colour };
  const colours = slots > 1 ? own : theme.candle;
  return { colours, background, polarity: run.polarity, slot, slots };
}
