import { type Box, type DrawTarget, drawTarget, type Ink, type Stroke, type TextLook } from "./ink.ts";
import { FONT } from "./options.ts";
import { SvgPen } from "./svgPen.ts";
import { attributes, escapeXml, round } from "./xml.ts";

const ANCHORS = { left: "start", center: "middle", right: "end" } as const;

/** Draws into a text: an SVG file that stands for itself. */
export class SvgInk implements Ink {
  private readonly parts: string[] = [];
  private clips = 0;

  constructor(
    private readonly width: number,
    private readonly height: number,
    private readonly title: string,
  ) {}

  within({ x, y, width, height }: Box, draw: () => void): void {
    const id = `clip${this.clips++}`;
    const box = attributes({ width, height });
    this.parts.push(`<g transform="translate(${round(x)} ${round(y)})"><clipPath id="${id}"><rect${box}/>`);
    this.parts.push(`</clipPath><g clip-path="url(#${id})">`);
    draw();
    this.parts.push("</g></g>");
  }

  rect({ x, y, width, height }: Box, fill: string): void {
    this.parts.push(`<rect${attributes({ x, y, width, height, fill })}/>`);
  }

  line(xy: Float64Array, { colour, width, opacity = 1, dash = [] }: Stroke): void {
    const look = attributes({
      fill: "none",
      stroke: colour,
      "stroke-width": width,
      "stroke-opacity": opacity < 1 ? opacity : null,
      "stroke-dasharray": dash.length > 0 ? dash.join(" ") : null,
      "stroke-linejoin": "round",
      "stroke-linecap": dash.length > 0 ? null : "round",
    });
    for (const points of pieces(xy)) this.parts.push(`<polyline points="${points}"${look}/>`);
  }

  curve(xy: Float64Array, stroke: Stroke): void {
    this.line(xy, stroke);
  }

  area(xy: Float64Array, fill: string, opacity: number): void {
    const look = attributes({ fill, "fill-opacity": opacity });
    for (const points of pieces(xy)) this.parts.push(`<polygon points="${points}"${look}/>`);
  }

  text(words: string, x: number, y: number, { colour, px, align, bold = false }: TextLook): void {
    const look = attributes({
      x,
      y,
      fill: colour,
      "font-size": px,
      "font-weight": bold ? 600 : null,
      "text-anchor": ANCHORS[align],
      "dominant-baseline": "central",
    });
    this.parts.push(`<text${look}>${escapeXml(words)}</text>`);
  }

  canvas(box: Box, paint: (target: DrawTarget) => void): void {
    const pen = new SvgPen(box, (part) => this.parts.push(part));
    this.within(box, () => paint(drawTarget(pen.asContext(), box, 1)));
  }

  /** The file. */
  toString(): string {
    const size = attributes({ width: this.width, height: this.height });
    const box = `viewBox="0 0 ${round(this.width)} ${round(this.height)}" font-family="${escapeXml(FONT)}"`;
    const open = `<svg xmlns="http://www.w3.org/2000/svg"${size} ${box} role="img">`;
    return `${open}\n<title>${escapeXml(this.title)}</title>\n${this.parts.join("\n")}\n</svg>\n`;
  }
}

/** The unbroken pieces of a line, as `points` has them; a point alone twice, which makes it a dot. */
function pieces(xy: Float64Array): string[] {
  const found: string[][] = [];
  let piece: string[] | null = null;
  for (let i = 0; i + 1 < xy.length; i += 2) {
    const [x, y] = [xy[i] as number, xy[i + 1] as number];
    if (Number.isNaN(y)) piece = null;
    else {
      const point = `${round(x)},${round(y)}`;
      if (piece === null) {
        piece = [];
        found.push(piece);
      }
      piece.push(point);
    }
  }
  return found.map((points) => (points.length === 1 ? [...points, ...points] : points).join(" "));
}
