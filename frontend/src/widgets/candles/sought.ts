import { effect, type ReadonlySignal, untracked } from "@preact/signals";
import type { Candles } from "../../api/types.ts";
import type { KnownSeries } from "../series.ts";
import { bucketOfSteps, type Spot } from "./spot.ts";
import type { Travel } from "./travel.ts";

interface Hands {
  readonly travel: Travel;
  readonly series: ReadonlySignal<readonly KnownSeries[]>;
  readonly focus: ReadonlySignal<Candles | null>;
  /** Puts the crosshair on the candle that begins here. */
  stand(bucket: number): void;
  leave(): void;
}

/** Keeps the crosshair on what the chart has gone to, through finer candles that come, until something moves it. */
export class Sought {
  private spot: Spot | null = null;

  constructor(private readonly hands: Hands) {}

  /** Until the returned function is called. */
  follow(): () => void {
    const stops = [this.followSeries(), this.followSpot()];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** The crosshair was moved. */
  release(): void {
    this.spot = null;
  }

  /** What was gone to lies in one series, and says nothing of another. */
  private followSeries(): () => void {
    let known: KnownSeries | undefined;
    return effect(() => {
      const [series] = this.hands.series.value;
      if (series === undefined) return;
      const isOther = known !== undefined && (known.run !== series.run || known.tag !== series.tag);
      known = series;
      if (isOther) untracked(() => this.hands.travel.forget());
    });
  }

  private followSpot(): () => void {
    let last: Spot | null = null;
    return effect(() => {
      const [spot, focus] = [this.hands.travel.spot.value, this.hands.focus.value];
      untracked(() => {
        if (spot === null && this.spot !== null) this.hands.leave();
        if (spot !== last) this.spot = spot;
        last = spot;
        const bucket = this.spot && focus && bucketOfSteps(focus, this.spot.steps);
        if (bucket !== null) this.hands.stand(bucket);
      });
    });
  }
}
