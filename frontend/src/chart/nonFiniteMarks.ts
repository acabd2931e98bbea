import type {
  IPanePrimitive,
  IPanePrimitivePaneView,
  IPrimitivePaneRenderer,
  PaneAttachedParameter,
} from "lightweight-charts";

type DrawTarget = Parameters<IPrimitivePaneRenderer["draw"]>[0];

const ARM_PX = 3;
const FROM_BOTTOM_PX = 9;

/**
 * A cross at the foot of every bucket that holds NaN or infinite points.
 * A primitive rather than series markers: it also marks buckets without a price, and stays quick at thousands.
 */
export class NonFiniteMarks implements IPanePrimitive<number> {
  private chart: PaneAttachedParameter<number>["chart"] | undefined;
  private redraw: (() => void) | undefined;
  private buckets: readonly number[] = [];
  private colour = "";
  private readonly views: readonly IPanePrimitivePaneView[] = [
    { renderer: () => ({ draw: (target) => this.draw(target) }) },
  ];

  attached({ chart, requestUpdate }: PaneAttachedParameter<number>): void {
    this.chart = chart;
    this.redraw = requestUpdate;
  }

  detached(): void {
    this.chart = undefined;
    this.redraw = undefined;
  }

  setData(buckets: readonly number[], colour: string): void {
    this.buckets = buckets;
    this.colour = colour;
    this.redraw?.();
  }

  paneViews(): readonly IPanePrimitivePaneView[] {
    return this.views;
  }

  private draw(target: DrawTarget): void {
    const timeScale = this.chart?.timeScale();
    if (!timeScale || this.buckets.length === 0) return;
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      const y = mediaSize.height - FROM_BOTTOM_PX;
      context.strokeStyle = this.colour;
      context.lineWidth = 1.5;
      context.beginPath();
      for (const bucket of this.buckets) {
        const x = timeScale.timeToCoordinate(bucket);
        if (x !== null && x > -ARM_PX && x < mediaSize.width + ARM_PX) cross(context, x, y);
      }
      context.stroke();
    });
  }
}

function cross(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.moveTo(x - ARM_PX, y - ARM_PX);
  context.lineTo(x + ARM_PX, y + ARM_PX);
  context.moveTo(x - ARM_PX, y + ARM_PX);
  context.lineTo(x + ARM_PX, y - ARM_PX);
}
