import type { IPrimitivePaneRenderer } from "lightweight-charts";

/** What the chart library hands to what paints into it. */
export type DrawTarget = Parameters<IPrimitivePaneRenderer["draw"]>[0];

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Stroke {
  readonly colour: string;
  readonly width: number;
  /** From 0 to 1; left out: 1. */
  readonly opacity?: number;
  readonly dash?: readonly number[];
}

export interface TextLook {
  readonly colour: string;
  readonly px: number;
  readonly align: "left" | "center" | "right";
  readonly bold?: boolean;
}

/** What a chart is drawn with, in pixels of the page: on a canvas, or into a file. */
export interface Ink {
  /** What `draw` draws is moved to the corner of a box, and not seen beyond it. */
  within(box: Box, draw: () => void): void;
  rect(box: Box, colour: string): void;
  /** A line through x, y, x, y …; it breaks where they are NaN, and a point between two breaks is a dot. */
  line(xy: Float64Array, stroke: Stroke): void;
  /** The same of a great many points, with ascending x. */
  curve(xy: Float64Array, stroke: Stroke): void;
  /** What a line through x, y, x, y … encloses. */
  area(xy: Float64Array, colour: string, opacity: number): void;
  /** Centred on y. */
  text(words: string, x: number, y: number, look: TextLook): void;
  /** Lets what paints on canvases paint into a box, beyond which nothing of it is seen. */
  canvas(box: Box, paint: (target: DrawTarget) => void): void;
}

/** A target of `size` that is painted with a context; `ratio` pixels of that for each of the page's. */
export function drawTarget(
  context: CanvasRenderingContext2D,
  size: Pick<Box, "width" | "height">,
  ratio: number,
  place: (ratio: number) => void = () => {},
): DrawTarget {
  const scope = {
    context,
    mediaSize: size,
    bitmapSize: { width: size.width * ratio, height: size.height * ratio },
    horizontalPixelRatio: ratio,
    verticalPixelRatio: ratio,
  };
  const target = {
    useBitmapCoordinateSpace<T>(paint: (on: typeof scope) => T): T {
      place(1);
      return paint(scope);
    },
    useMediaCoordinateSpace<T>(paint: (on: typeof scope) => T): T {
      place(ratio);
      return paint(scope);
    },
  };
  // The library's own class has private parts; what paints knows only these two methods.
  return target as unknown as DrawTarget;
}
