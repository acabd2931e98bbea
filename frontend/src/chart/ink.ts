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
}
