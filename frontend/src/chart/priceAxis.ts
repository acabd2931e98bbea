import type { IPrimitivePaneView, PriceFormatCustom } from "lightweight-charts";
import type { LogTick } from "../base/logTicks.ts";
import { type PriceScale, toPlotted } from "../base/priceScale.ts";
import { valueTicks } from "../base/valueTicks.ts";
import type { DrawTarget } from "./ink.ts";
import { FONT, FONT_PX } from "./options.ts";
import { Primitive, paneView } from "./primitive.ts";
import type { ChartTheme } from "./theme.ts";

const LEAST_GAP_PX = 22;
const LABEL_LEFT_PX = 10;

// The library finds no marks that are closer than 1e-14.
const FINEST_SPAN = 1e-9;

/**
 * Labels and lines of a price axis where the library's own don't do: its marks are evenly spaced, which on a scale
 * of logarithms read 0.316, 1, 3.16, and never close enough for prices of 1e-40.
 */
export class PriceAxis extends Primitive {
  private theme: ChartTheme | null = null;
  private scale: PriceScale = "linear";
  private isNeverBelowZero = false;
  private readonly lines = [paneView("bottom", (target) => this.drawLines(target))];
  private readonly labels = [paneView("bottom", (target) => this.drawLabels(target))];

  /** Draws in the colours of a theme. `isNeverBelowZero`: room below zero is left for looks, and says nothing. */
  show(theme: ChartTheme, scale: PriceScale, isNeverBelowZero = false): void {
    Object.assign(this, { theme, scale, isNeverBelowZero });
    this.redraw();
  }

  /** A format whose marks have no labels where this axis has its own. */
  instead(format: PriceFormatCustom): PriceFormatCustom {
    const { tickmarksFormatter } = format;
    if (!tickmarksFormatter) return format;
    return {
      ...format,
      tickmarksFormatter: (prices) =>
        this.isDrawn(this.series?.getPane().getHeight() ?? 0)
          ? prices.map(() => "")
          : tickmarksFormatter(prices),
    };
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.lines;
  }

  priceAxisPaneViews(): readonly IPrimitivePaneView[] {
    return this.labels;
  }

  private ticks(height: number): readonly LogTick[] {
    const [low, high] = this.ends(height);
    if (!this.isDrawn(height)) return [];
    const ticks = valueTicks(low, high, (LEAST_GAP_PX / height) * (high - low), this.scale);
    return this.isNeverBelowZero ? ticks.filter(({ value }) => value >= 0) : ticks;
  }

  private isDrawn(height: number): boolean {
    const [low, high] = this.ends(height);
    return high > low && (this.scale !== "linear" || high - low < FINEST_SPAN);
  }

  private ends(height: number): readonly [number, number] {
    const { series } = this;
    return [series?.coordinateToPrice(height) ?? Number.NaN, series?.coordinateToPrice(0) ?? Number.NaN];
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
