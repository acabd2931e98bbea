import { touchedBy } from "./curve.ts";
import { type Box, type DrawTarget, drawTarget, type Ink, type Stroke, type TextLook } from "./ink.ts";
import { FONT } from "./options.ts";

/** Draws on a canvas that has `ratio` pixels for each of the page's. */
export class CanvasInk implements Ink {
  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly ratio: number,
  ) {
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  within({ x, y, width, height }: Box, draw: () => void): void {
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
    context.translate(x, y);
    draw();
    context.restore();
  }

  rect({ x, y, width, height }: Box, colour: string): void {
    this.context.fillStyle = colour;
    this.context.fillRect(x, y, width, height);
  }

  line(xy: Float64Array, { colour, width, opacity = 1, dash = [] }: Stroke): void {
    const { context } = this;
    context.save();
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.globalAlpha = opacity;
    context.setLineDash([...dash]);
    // Round, so that what is painted depends on where the line goes, not on how often it turns there.
    context.lineJoin = "round";
    context.lineCap = dash.length > 0 ? "butt" : "round";
    context.beginPath();
    trace(context, xy);
    context.stroke();
    context.restore();
  }

  /** In bars of whole pixels where it is dense: a line that turns at every point takes the canvas a second. */
  curve(xy: Float64Array, stroke: Stroke): void {
    const { context, ratio } = this;
    const { bars, lines } = touchedBy(xy, ratio);
    const { width } = stroke;
    const across = Math.max(1, Math.floor(width * ratio));
    const left = Math.floor((across - 1) / 2);
    context.save();
    context.fillStyle = stroke.colour;
    context.globalAlpha = stroke.opacity ?? 1;
    for (let i = 0; i + 2 < bars.length; i += 3) {
      const [column, top, bottom] = [bars[i] as number, bars[i + 1] as number, bars[i + 2] as number];
      context.fillRect((column - left) / ratio, top - width / 2, across / ratio, bottom - top + width);
    }
    context.restore();
    this.line(lines, stroke);
  }

  area(xy: Float64Array, colour: string, opacity: number): void {
    const { context } = this;
    context.save();
    context.fillStyle = colour;
    context.globalAlpha = opacity;
    context.beginPath();
    trace(context, xy);
    context.fill();
    context.restore();
  }

  canvas(box: Box, paint: (target: DrawTarget) => void): void {
    const { context, ratio } = this;
    this.within(box, () => {
      const { e, f } = context.getTransform();
      paint(drawTarget(context, box, ratio, (scale) => context.setTransform(scale, 0, 0, scale, e, f)));
    });
  }

  text(words: string, x: number, y: number, { colour, px, align, bold = false }: TextLook): void {
    const { context } = this;
    context.font = `${bold ? "600 " : ""}${px}px ${FONT}`;
    context.fillStyle = colour;
    context.textAlign = align;
    context.textBaseline = "middle";
    context.fillText(words, x, y);
  }
}

function trace(context: CanvasRenderingContext2D, xy: Float64Array): void {
  let begun = false;
  for (let i = 0; i + 1 < xy.length; i += 2) {
    const [x, y] = [xy[i] as number, xy[i + 1] as number];
    if (Number.isNaN(y)) begun = false;
    else {
      if (!begun) context.moveTo(x, y);
      // Also to where it begins, which makes a dot of a point alone.
      context.lineTo(x, y);
      begun = true;
    }
  }
}
