import type { IPrimitivePaneView, PrimitiveHoveredItem } from "lightweight-charts";
import { type Cluster, clustersOf } from "../data/marks.ts";
import type { DrawTarget } from "./ink.ts";
import { bucketsToX } from "./positions.ts";
import { Primitive, paneView } from "./primitive.ts";
import type { ChartTheme } from "./theme.ts";

/** Something at a candle that a mark is to say. */
export interface Spot {
  readonly bucket: number;
}

export interface MarksContent<OneSpot extends Spot> {
  /** In the order of the axis. */
  readonly spots: readonly OneSpot[];
  readonly width: number;
}

/** A mark as it was drawn last, in pixels of the pane. */
export interface DrawnMark {
  readonly x: number;
  readonly y: number;
  /** Of its spots. */
  readonly buckets: readonly number[];
}

/** Of all marks of a layer. */
export interface MarkLook {
  /** By which the library knows them from those of other layers. */
  readonly name: string;
  readonly cursor: "pointer" | "help";
  /** How far a mark may reach into the pane from a candle beside it. */
  readonly reachPx: number;
}

/** The pane that marks stand in. */
export interface MarkPane {
  readonly height: number;
  /** Where a price is, as plotted; NaN where it has no place. */
  readonly yOf: (price: number) => number;
}

/**
 * Marks at candles, which can be pointed at; what would overlap is one mark. A primitive, because the library's own
 * markers are slow among many bars.
 */
export abstract class MarkLayer<
  OneSpot extends Spot,
  Content extends MarksContent<OneSpot>,
  Mark extends DrawnMark,
> extends Primitive {
  private content: Content | null = null;
  private theme: ChartTheme | null = null;
  private drawn: readonly Mark[] = [];
  private readonly views = [paneView("top", (target) => this.draw(target))];

  constructor(private readonly look: MarkLook) {
    super();
  }

  /** How wide a mark is that stands for these spots. */
  protected abstract widthPx(spots: readonly OneSpot[]): number;

  /** The mark of spots that lie together; null where it has no place. */
  protected abstract place(
    spots: readonly OneSpot[],
    cluster: Cluster,
    content: Content,
    pane: MarkPane,
  ): Mark | null;

  protected abstract isOver(mark: Mark, x: number, y: number): boolean;

  protected abstract paint(
    context: CanvasRenderingContext2D,
    marks: readonly Mark[],
    content: Content,
    theme: ChartTheme,
  ): void;

  setData(content: Content | null, theme: ChartTheme): void {
    this.content = content;
    this.theme = theme;
    // Without any, nothing is drawn that would say so.
    if (content === null || content.spots.length === 0) this.drawn = [];
    this.redraw();
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.content === null || this.content.spots.length === 0 ? [] : this.views;
  }

  hitTest(x: number, y: number): PrimitiveHoveredItem | null {
    const at = this.drawn.findIndex((mark) => this.isOver(mark, x, y));
    return at < 0 ? null : { externalId: this.idOf(at), zOrder: "top", cursorStyle: this.look.cursor };
  }

  /** The mark of an object that the library says is pointed at. */
  markOf(objectId: unknown): Mark | null {
    return this.drawn.find((_, at) => objectId === this.idOf(at)) ?? null;
  }

  /** The mark that stands for a candle. */
  markAt(bucket: number): Mark | null {
    return this.drawn.find(({ buckets }) => buckets.includes(bucket)) ?? null;
  }

  private idOf(at: number): string {
    return `${this.look.name}-${at}`;
  }

  private draw(target: DrawTarget): void {
    const { content, theme } = this;
    if (content === null || theme === null) return;
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      this.drawn = this.layOut(content, mediaSize.width, mediaSize.height);
      context.save();
      this.paint(context, this.drawn, content, theme);
      context.restore();
    });
  }

  private layOut(content: Content, width: number, height: number): readonly Mark[] {
    const { chart, series } = this;
    const { reachPx } = this.look;
    const [first] = content.spots;
    const toX = chart && first && bucketsToX(chart.timeScale(), first.bucket, content.width);
    if (!series || !toX) return [];
    const yOf = (price: number) => {
      const y = series.priceToCoordinate(price);
      return y !== null && Number.isFinite(y) ? y : Number.NaN;
    };
    const inSight = content.spots.filter(
      ({ bucket }) => toX(bucket) > -reachPx && toX(bucket) < width + reachPx,
    );
    const spotsOf = (members: readonly number[]) => members.flatMap((at) => inSight[at] ?? []);
    const clusters = clustersOf(
      inSight.map(({ bucket }) => toX(bucket)),
      (members) => this.widthPx(spotsOf(members)),
    );
    return clusters.flatMap(
      (cluster) => this.place(spotsOf(cluster.members), cluster, content, { height, yOf }) ?? [],
    );
  }
}
