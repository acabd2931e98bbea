import type {
  ChartOptionsImpl,
  IHorzScaleBehavior,
  InternalHorzScaleItem,
  InternalHorzScaleItemKey,
  TickMark,
  TickMarkWeightValue,
  TimeMark,
} from "lightweight-charts";
import type { Axis } from "../base/axis.ts";
import { formatTick, tickWeight } from "../base/ticks.ts";

/** A horizontal axis of steps, epochs or seconds; an item is the start of a bucket. */
export class NumericScale implements IHorzScaleBehavior<number> {
  axis: Axis = "steps";
  /** Labels are multiples of this, which settles how many digits they need. */
  tickUnit = 1;
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
    return fromItem(item);
  }

  formatHorzItem(item: InternalHorzScaleItem): string {
    return formatTick(this.axis, fromItem(item), 1);
  }

  formatTickmark(mark: TickMark): string {
    const x = fromItem(mark.time);
    // The grid reaches left of where any series can begin.
    return x < 0 ? "" : formatTick(this.axis, x, this.tickUnit);
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
      if (point) point.timeWeight = tickWeight(this.axis, fromItem(point.time)) as TickMarkWeightValue;
    }
  }
}

const toItem = (x: number): InternalHorzScaleItem => x as unknown as InternalHorzScaleItem;

const fromItem = (item: InternalHorzScaleItem): number => item as unknown as number;
