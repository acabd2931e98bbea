import { CanvasInk } from "./canvasInk.ts";
import type { Ink } from "./ink.ts";
import { SvgInk } from "./svgInk.ts";
import type { ChartTheme } from "./theme.ts";

export interface LegendEntry {
  readonly name: string;
  readonly colour: string;
  /** The body of a candle in place of a line. */
  readonly body?: "filled" | "hollow";
}

/** A chart with what it needs where no tab is around it. */
export interface Picture {
  readonly title: string;
  readonly legend: readonly LegendEntry[];
  /** What the axis below counts, and what the one on the right measures. */
  readonly placeTitle: string;
  readonly valueTitle: string;
  /** Of the chart with its axes, in pixels of the page. */
  readonly width: number;
  readonly height: number;
  readonly theme: ChartTheme;
}

const PADDING_PX = 16;
const TITLE_PX = 15;
const TITLE_ROW_PX = 28;
const LEGEND_PX = 12;
const LEGEND_ROW_PX = 18;
const LEGEND_CHARACTER_PX = 6.9;
const KEY_PX = 22;
const AXIS_TITLE_PX = 11;
const AXIS_ROW_PX = 18;
/** Pixels of a PNG for each of the page's. */
export const PNG_RATIO = 2;

interface LegendGrid {
  readonly columns: number;
  readonly columnPx: number;
  readonly rows: number;
}

function legendGrid({ legend, width }: Picture): LegendGrid {
  const longest = Math.max(0, ...legend.map(({ name }) => [...name].length));
  const columnPx = Math.min(width, KEY_PX + longest * LEGEND_CHARACTER_PX + 18);
  const columns = Math.max(1, Math.floor(width / columnPx));
  return { columns, columnPx, rows: Math.ceil(legend.length / columns) };
}

/** Where the chart lies in its picture, and how large that is. */
export function pictureLayout(picture: Picture): {
  top: number;
  left: number;
  width: number;
  height: number;
} {
  const top = PADDING_PX + TITLE_ROW_PX + legendGrid(picture).rows * LEGEND_ROW_PX + AXIS_ROW_PX;
  return {
    top,
    left: PADDING_PX,
    width: picture.width + 2 * PADDING_PX,
    height: top + picture.height + AXIS_ROW_PX + PADDING_PX,
  };
}

/** Draws title, legend and names of the axes around the chart. */
export function drawPicture(ink: Ink, picture: Picture, drawChart: () => void): void {
  const { title, placeTitle, valueTitle, width, height, theme } = picture;
  const layout = pictureLayout(picture);
  const { top, left } = layout;
  ink.rect({ x: 0, y: 0, width: layout.width, height: layout.height }, theme.background);
  const inside = { x: left, y: PADDING_PX, width, height: TITLE_ROW_PX };
  ink.within(inside, () => {
    ink.text(title, 0, TITLE_PX / 2 + 2, { colour: theme.title, px: TITLE_PX, align: "left", bold: true });
  });
  drawLegend(ink, picture);
  const look = { colour: theme.text, px: AXIS_TITLE_PX };
  ink.text(valueTitle, left + width, top - AXIS_ROW_PX / 2, { ...look, align: "right" });
  ink.text(placeTitle, left + width / 2, top + height + AXIS_ROW_PX / 2, { ...look, align: "center" });
  ink.within({ x: left, y: top, width, height }, drawChart);
}

function drawLegend(ink: Ink, picture: Picture): void {
  const { columns, columnPx } = legendGrid(picture);
  picture.legend.forEach((entry, i) => {
    const x = PADDING_PX + (i % columns) * columnPx;
    const y = PADDING_PX + TITLE_ROW_PX + Math.floor(i / columns) * LEGEND_ROW_PX;
    ink.within({ x, y, width: columnPx - 6, height: LEGEND_ROW_PX }, () => {
      const middle = LEGEND_ROW_PX / 2;
      drawKey(ink, entry, middle, picture.theme.background);
      ink.text(entry.name, KEY_PX, middle, { colour: picture.theme.text, px: LEGEND_PX, align: "left" });
    });
  });
}

function drawKey(ink: Ink, { colour, body }: LegendEntry, middle: number, background: string): void {
  if (body === undefined) {
    ink.line(Float64Array.of(2, middle, KEY_PX - 8, middle), { colour, width: 3 });
    return;
  }
  const box = { x: 4, y: middle - 5.5, width: 8, height: 11 };
  ink.rect(box, colour);
  if (body === "hollow") ink.rect({ x: box.x + 1.5, y: box.y + 1.5, width: 5, height: 8 }, background);
}

/** As an SVG file. */
export function toSvg(picture: Picture, drawChart: (ink: Ink) => void): string {
  const { width, height } = pictureLayout(picture);
  const ink = new SvgInk(width, height, picture.title);
  drawPicture(ink, picture, () => drawChart(ink));
  return ink.toString();
}

/** As a PNG file, with two pixels for each of the page's. */
export function toPng(
  picture: Picture,
  drawChart: (ink: Ink, context: CanvasRenderingContext2D) => void,
): Promise<Blob> {
  const { width, height } = pictureLayout(picture);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * PNG_RATIO);
  canvas.height = Math.round(height * PNG_RATIO);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas to draw on");
  const ink = new CanvasInk(context, PNG_RATIO);
  drawPicture(ink, picture, () => drawChart(ink, context));
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("the canvas gave no picture"))),
      "image/png",
    );
  });
}
