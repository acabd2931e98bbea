import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Candles } from "../../api/types.ts";
import type { Range } from "../../base/axis.ts";
import type { Extreme } from "../../chart/touch.ts";
import type { KnownSeries } from "../series.ts";
import type { Place } from "../workspace.ts";
import type { CandleSettings } from "./settings.ts";
import { type Spot, spotOf, viewAround } from "./spot.ts";

/** Of the narrowest candles: few enough to see each, enough to see what is usual here. */
const CANDLES_AROUND = 40;

/** What to come back to. */
interface Visit {
  readonly settings: CandleSettings;
  readonly view: Range;
}

interface Chart {
  readonly settings: Signal<CandleSettings>;
  readonly series: ReadonlySignal<readonly KnownSeries[]>;
  view(): Range | null;
  /** Moves the view there as soon as that is possible. */
  aim(view: Range): void;
}

/** Goes to places, and back. */
export class Travel {
  /** What the chart has gone to. */
  readonly spot = signal<Spot | null>(null);
  readonly trail = signal<readonly Visit[]>([]);

  constructor(private readonly chart: Chart) {}

  /** Down to a step, which only the axis of steps has; nowhere where the candle is that step already. */
  visit(candles: Candles, row: number, extreme: Extreme): boolean {
    const spot = spotOf(candles, row, extreme);
    const isThere = candles.by === "steps" && candles.columns.count[row] === 1;
    if (spot === null || isThere) return false;
    this.remember();
    const { settings } = this.chart;
    batch(() => {
      this.spot.value = spot;
      if (settings.value.axis !== "steps" || settings.value.width !== "auto") {
        settings.value = { ...settings.value, axis: "steps", width: "auto" };
      }
    });
    this.chart.aim(this.around(spot.steps));
    return true;
  }

  /** To the view before the last spot. */
  back(): void {
    const visit = this.trail.value.at(-1);
    if (!visit) return;
    const { axis, width } = visit.settings;
    const { settings } = this.chart;
    batch(() => {
      this.spot.value = null;
      this.trail.value = this.trail.value.slice(0, -1);
      settings.value = { ...settings.value, axis, width };
    });
    this.chart.aim(visit.view);
  }

  /** To what was asked for elsewhere, on the axis that is shown. */
  reveal(view: Range, { run, steps }: Place): void {
    this.remember();
    this.spot.value = { run, steps, found: null, blinks: true };
    this.chart.aim(view);
  }

  forget(): void {
    batch(() => {
      this.spot.value = null;
      this.trail.value = [];
    });
  }

  private around(steps: Range): Range {
    return viewAround(steps, CANDLES_AROUND * (this.chart.series.value[0]?.resolution ?? 1));
  }

  private remember(): void {
    const view = this.chart.view();
    if (view) this.trail.value = [...this.trail.value, { settings: this.chart.settings.value, view }];
  }
}
