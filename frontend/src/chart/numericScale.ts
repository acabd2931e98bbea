import type {
  ChartOptionsImpl,
  IHorzScaleBehavior,
  InternalHorzScaleItem,
  InternalHorzScaleItemKey,
  TickMark,
  TickMarkWeightValue,
  TimeMark,
} from "lightweight-charts";
import type { Axis, Range } from "../base/axis.ts";
import { clockTick, clockWeight, formatTimeOfDay } from "../base/clock.ts";
import { formatTick, tickWeight } from "../base/ticks.ts";

const CHARACTER_PX = 6.8;

/** A horizontal axis of steps, epochs or seconds; an item is the start of a bucket. */
export class NumericScale implements IHorzScaleBehavior<number> {
  axis: Axis = "steps";
  /** Labels are multiples of this, which settles how many digits they need. */
  tickUnit = 1;
  /** What is in view, how many pixels wide that is, and how wide a bucket. */
  view: Range | null = null;
  plotPx = 0;
  width = 1;
  /** Unix time at which the seconds of the axis begin, where labels are times of day. */
  clockStart: number | null = null;
  private chartOptions: ChartOptionsImpl<number> | undefined;

  options(): ChartOptionsImpl<number> {
    return this.chartOptions as ChartOptionsImpl<number>;
  }

  setOptions(options: ChartOptionsImpl<number>): void {
    this.chartOptions = options;
  }

  preprocessData(): void {}

  updateFormatter(): void {}

  createConverterToInternalObj(): (x: number) => InternalHorzScaleItem {
    return toItem;
  }

  convertHorzItemToInternal(x: number): InternalHorzScaleItem {
    return toItem(x);
  }

  key(item: InternalHorzScaleItem | number): InternalHorzScaleItemKey {
    return item as unknown as InternalHorzScaleItemKey;
  }

  cacheKey(item: InternalHorzScaleItem): number {
    const x = fromItem(item);
    return this.isCut(x) ? -1 - x : x;
  }

  formatHorzItem(item: InternalHorzScaleItem): string {
    const { clockStart } = this;
    if (clockStart !== null) return formatTimeOfDay(clockStart + fromItem(item), this.width);
    return formatTick(this.axis, fromItem(item), 1);
  }

  private label(x: number): string {
    const { clockStart, width } = this;
    return clockStart === null ? formatTick(this.axis, x, this.tickUnit) : clockTick(clockStart + x, width);
  }

  formatTickmark(mark: TickMark): string {
    const x = fromItem(mark.time);
    // The grid reaches left of where any series can begin.
    return x < 0 || this.isCut(x) ? "" : this.label(x);
  }

  /** Whether a label would be cut at an end of the axis. It then has none, and another key in the cache. */
  private isCut(x: number): boolean {
    if (this.view === null) return false;
    const { from, to } = this.view;
    // The library draws a pixel to the left of the middle.
    const centre = ((x + this.width / 2 - from) / (to - from)) * this.plotPx - 1;
    const half = (this.label(x).length * CHARACTER_PX) / 2;
    return centre < half || centre > this.plotPx - half;
  }

  maxTickMarkWeight(marks: TimeMark[]): TickMarkWeightValue {
    return Math.max(...marks.map((mark) => mark.weight)) as TickMarkWeightValue;
  }

  fillWeightsForPoints(
    points: Parameters<IHorzScaleBehavior<number>["fillWeightsForPoints"]>[0],
    from: number,
  ) {
    for (let i = from; i < points.length; i++) {
      const point = points[i];
      if (point) point.timeWeight = this.weight(fromItem(point.time)) as TickMarkWeightValue;
    }
  }

  private weight(x: number): number {
    const { clockStart, width } = this;
    return clockStart === null ? tickWeight(this.axis, x) : clockWeight(clockStart + x, width);
  }
}

const toItem = (x: number): InternalHorzScaleItem => x as unknown as InternalHorzScaleItem;

const fromItem = (item: InternalHorzScaleItem): number => item as unknown as number;
