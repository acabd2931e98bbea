import type { Box } from "./ink.ts";
import { FONT_PX } from "./options.ts";
import { attributes, escapeXml, round } from "./xml.ts";

/** The part of a canvas's context that the paintings of a chart use. */
type Pen = Pick<
  CanvasRenderingContext2D,
  | "fillStyle"
  | "strokeStyle"
  | "lineWidth"
  | "lineJoin"
  | "globalAlpha"
  | "font"
  | "textAlign"
  | "textBaseline"
  | "canvas"
  | "save"
  | "restore"
  | "beginPath"
  | "closePath"
  | "moveTo"
  | "lineTo"
  | "arc"
  | "roundRect"
  | "setLineDash"
  | "fill"
  | "stroke"
  | "fillRect"
  | "fillText"
>;

interface Look {
  fillStyle: Pen["fillStyle"];
  strokeStyle: Pen["strokeStyle"];
  lineWidth: number;
  lineJoin: CanvasLineJoin;
  globalAlpha: number;
  font: string;
  textAlign: CanvasTextAlign;
  textBaseline: CanvasTextBaseline;
  dash: readonly number[];
}

const FIRST: Look = {
  fillStyle: "#000",
  strokeStyle: "#000",
  lineWidth: 1,
  lineJoin: "miter",
  globalAlpha: 1,
  font: `${FONT_PX}px sans-serif`,
  textAlign: "start",
  textBaseline: "alphabetic",
  dash: [],
};

const ANCHORS: Readonly<Record<CanvasTextAlign, string>> = {
  left: "start",
  start: "start",
  center: "middle",
  right: "end",
  end: "end",
};

/** Writes down as SVG what is painted with it. */
export class SvgPen {
  private look: Look = { ...FIRST };
  private readonly kept: Look[] = [];
  private path = "";

  constructor(
    private readonly size: Pick<Box, "width" | "height">,
    private readonly write: (part: string) => void,
  ) {}

  /** As those who paint on canvases know it. */
  asContext(): CanvasRenderingContext2D {
    const { look, size } = this;
    // biome-ignore lint/complexity/noUselessThisAlias: the methods below belong to another object
    const pen = this;
    const context = {
      ...look,
      canvas: size as HTMLCanvasElement,
      save: () => pen.kept.push(pen.read(context)),
      restore: () => Object.assign(context, pen.kept.pop()),
      beginPath: () => pen.begin(),
      closePath: () => pen.add("Z"),
      moveTo: (x: number, y: number) => pen.add(`M${round(x)} ${round(y)}`),
      lineTo: (x: number, y: number) => pen.add(`${pen.path ? "L" : "M"}${round(x)} ${round(y)}`),
      arc: (x: number, y: number, radius: number) => pen.add(circle(x, y, radius)),
      roundRect: (x: number, y: number, width: number, height: number, radius: number) =>
        pen.add(rounded(x, y, width, height, radius)),
      setLineDash: (dash: readonly number[]) => {
        context.dash = dash;
      },
      fill: () => pen.filled(context),
      stroke: () => pen.stroked(context),
      fillRect: (x: number, y: number, width: number, height: number) =>
        pen.rect(context, { x, y, width, height }),
      fillText: (words: string, x: number, y: number) => pen.text(context, words, x, y),
    };
    // Not all of a context: what paints on a chart uses no more of it.
    return context as unknown as CanvasRenderingContext2D;
  }

  private read(context: Look): Look {
    const { fillStyle, strokeStyle, lineWidth, lineJoin, globalAlpha, font, textAlign, textBaseline, dash } =
      context;
    return { fillStyle, strokeStyle, lineWidth, lineJoin, globalAlpha, font, textAlign, textBaseline, dash };
  }

  private begin(): void {
    this.path = "";
  }

  private add(command: string): void {
    this.path += command;
  }

  private filled({ fillStyle, globalAlpha }: Look): void {
    if (this.path === "") return;
    const look = { d: this.path, fill: String(fillStyle), "fill-opacity": opacity(globalAlpha) };
    this.write(`<path${attributes(look)}/>`);
  }

  private stroked({ strokeStyle, lineWidth, lineJoin, globalAlpha, dash }: Look): void {
    if (this.path === "") return;
    const look = {
      d: this.path,
      fill: "none",
      stroke: String(strokeStyle),
      "stroke-width": lineWidth,
      "stroke-linejoin": lineJoin,
      "stroke-opacity": opacity(globalAlpha),
      "stroke-dasharray": dash.length > 0 ? dash.join(" ") : null,
    };
    this.write(`<path${attributes(look)}/>`);
  }

  private rect({ fillStyle, globalAlpha }: Look, box: Box): void {
    const look = { ...box, fill: String(fillStyle), "fill-opacity": opacity(globalAlpha) };
    this.write(`<rect${attributes(look)}/>`);
  }

  private text(
    { fillStyle, font, textAlign, textBaseline }: Look,
    words: string,
    x: number,
    y: number,
  ): void {
    const [, weight, px] = /^(?:(\d{3}|bold) )?([\d.]+)px/.exec(font) ?? [];
    const look = {
      x,
      y,
      fill: String(fillStyle),
      "font-size": px ?? FONT_PX,
      "font-weight": weight ?? null,
      "text-anchor": ANCHORS[textAlign],
      "dominant-baseline": textBaseline === "middle" ? "central" : null,
    };
    this.write(`<text${attributes(look)}>${escapeXml(words)}</text>`);
  }
}

const opacity = (alpha: number): number | null => (alpha < 1 ? alpha : null);

const circle = (x: number, y: number, radius: number): string => {
  const half = `a${round(radius)} ${round(radius)} 0 0 1`;
  return `M${round(x - radius)} ${round(y)}${half} ${round(2 * radius)} 0${half} ${round(-2 * radius)} 0Z`;
};

function rounded(x: number, y: number, width: number, height: number, radius: number): string {
  const [across, down] = [round(width - 2 * radius), round(height - 2 * radius)];
  const corner = (dx: number, dy: number) =>
    `a${round(radius)} ${round(radius)} 0 0 1 ${round(dx * radius)} ${round(dy * radius)}`;
  const top = `M${round(x + radius)} ${round(y)}h${across}${corner(1, 1)}v${down}`;
  return `${top}${corner(-1, 1)}h-${across}${corner(-1, -1)}v-${down}${corner(1, -1)}Z`;
}
