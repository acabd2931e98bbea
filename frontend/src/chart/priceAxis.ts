import type {
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  PrimitivePaneViewZOrder,
  SeriesAttachedParameter,
  SeriesType,
} from "lightweight-charts";
import { type LogTick, logTicks } from "../base/logTicks.ts";
import { fromPlotted, type PriceScale, toPlotted } from "../base/priceScale.ts";
import { symlogTicks } from "../base/symlogTicks.ts";
import { FONT, FONT_PX } from "./options.ts";
import type { ChartTheme } from "./theme.ts";

type DrawTarget = Parameters<IPrimitivePaneRenderer["draw"]>[0];

const LEAST_GAP_PX = 22;
const LABEL_LEFT_PX = 10;

/**
 * Labels and lines of a log or symlog price axis. The library only knows evenly spaced marks, which on a scale of
 * logarithms read 0.316, 1, 3.16; these take their place.
 */
export class PriceAxis implements ISeriesPrimitive<number> {
  private series: ISeriesApi<SeriesType, number> | undefined;
  private redraw: (() => void) | undefined;
  private theme: ChartTheme | null = null;
  private scale: PriceScale = "linear";
  private readonly lines = [view("bottom", (target) => this.drawLines(target))];
  private readonly labels = [view("bottom", (target) => this.drawLabels(target))];

  attached({ series, requestUpdate }: SeriesAttachedParameter<number>): void {
    this.series = series;
    this.redraw = requestUpdate;
  }

  detached(): void {
    this.series = undefined;
    this.redraw = undefined;
  }

  /** Draws in the colours of a theme; nothing without one. */
  show(theme: ChartTheme | null, scale: PriceScale): void {
    this.theme = theme;
    this.scale = scale;
    this.redraw?.();
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.lines;
  }

  priceAxisPaneViews(): readonly IPrimitivePaneView[] {
    return this.labels;
  }

  private ticks(height: number): readonly LogTick[] {
    const [high, low] = [this.series?.coordinateToPrice(0), this.series?.coordinateToPrice(height)];
    if (high == null || low == null) return [];
    const leastGap = (LEAST_GAP_PX / height) * (high - low);
    if (this.scale === "symlog") return symlogTicks(low, high, leastGap);
    return logTicks(fromPlotted(low, "log"), fromPlotted(high, "log"), leastGap);
  }

  private yOf({ value }: LogTick): number {
    return this.series?.priceToCoordinate(toPlotted(value, this.scale)) ?? Number.NaN;
  }

  private drawLines(target: DrawTarget): void {
    const { theme } = this;
    if (theme === null) return;
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      context.fillStyle = theme.grid;
      for (const tick of this.ticks(mediaSize.height)) {
        context.fillRect(0, Math.round(this.yOf(tick)), mediaSize.width, 1);
      }
    });
  }

  private drawLabels(target: DrawTarget): void {
    const { theme } = this;
    if (theme === null) return;
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      context.font = `${FONT_PX}px ${FONT}`;
      context.fillStyle = theme.text;
      context.textAlign = "left";
      context.textBaseline = "middle";
      for (const tick of this.ticks(mediaSize.height)) {
        const y = this.yOf(tick);
        const whole = y >= FONT_PX / 2 && y <= mediaSize.height - FONT_PX / 2;
        if (whole) context.fillText(tick.label, LABEL_LEFT_PX, y);
      }
    });
  }
}

function view(zOrder: PrimitivePaneViewZOrder, draw: (target: DrawTarget) => void): IPrimitivePaneView {
  return { zOrder: () => zOrder, renderer: () => ({ draw }) };
}
