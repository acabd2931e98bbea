import type { AttentionMaps } from "../../api/attention.ts";
import { ATTENTION } from "../../base/words/attention.ts";
import { shadeOf } from "./colours.ts";
import { type Geometry, LABELS_HEIGHT, LABELS_WIDTH } from "./geometry.ts";
import type { Scale } from "./settings.ts";

/** The weight that the brightest colour of each map stands for. */
export function mostOf({ weights, places }: Pick<AttentionMaps, "weights" | "places">, scale: Scale) {
  const size = places.length === 0 ? 0 : weights.length / places.length;
  const each = places.map((_, i) => largest(weights.subarray(i * size, (i + 1) * size)));
  if (scale === "head") return each;
  const all = Math.max(0, ...each);
  return each.map(() => all);
}

function largest(weights: Float64Array): number {
  let most = 0;
  for (const weight of weights) if (weight > most && weight < Number.POSITIVE_INFINITY) most = weight;
  return most;
}

/** All maps one below the other, a pixel for each number. */
export function pixelsOf(maps: AttentionMaps, scale: Scale): Uint32Array {
  const { weights, rows, columns } = maps;
  const most = mostOf(maps, scale);
  const [size, pixels] = [rows * columns, new Uint32Array(weights.length)];
  for (let i = 0; i < weights.length; i++) {
    pixels[i] = shadeOf(weights[i] ?? Number.NaN, most[Math.floor(i / size)] ?? 0);
  }
  return pixels;
}

/** Draws every map in its place, `ratio` pixels of the canvas to one of the page. */
export function paint(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  maps: AttentionMaps,
  { geometry, scale, ratio }: { readonly geometry: Geometry; readonly scale: Scale; readonly ratio: number },
): void {
  const { places, rows, columns } = maps;
  const sheet = new OffscreenCanvas(Math.max(columns, 1), Math.max(rows * places.length, 1));
  const pixels = new Uint8ClampedArray(pixelsOf(maps, scale).buffer as ArrayBuffer);
  if (pixels.length > 0) {
    sheet.getContext("2d")?.putImageData(new ImageData(pixels, columns), 0, 0);
  }
  context.imageSmoothingEnabled = false;
  places.forEach(({ layer, head }, i) => {
    const { left, top } = geometry.at(layer, head);
    const size = [geometry.cellWidth * ratio, geometry.cellHeight * ratio] as const;
    context.drawImage(sheet, 0, i * rows, columns, rows, left * ratio, top * ratio, ...size);
  });
}

const PAPER_RATIO = 3;

/** The same on white with names, for a file. */
export function paperOf(maps: AttentionMaps, scale: Scale, geometry: Geometry): OffscreenCanvas {
  const canvas = new OffscreenCanvas(geometry.width * PAPER_RATIO, geometry.height * PAPER_RATIO);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("the browser gives no canvas");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  paint(context, maps, { geometry, scale, ratio: PAPER_RATIO });
  context.fillStyle = "#000000";
  context.font = `${11 * PAPER_RATIO}px Arial, Helvetica, sans-serif`;
  context.textBaseline = "middle";
  for (const { x, y, text, isRow } of labelsOf(maps, geometry)) {
    context.textAlign = isRow ? "right" : "center";
    context.fillText(text, x * PAPER_RATIO, y * PAPER_RATIO);
  }
  return canvas;
}

interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly isRow: boolean;
}

// Narrower columns have no room for a number each.
const LABELLED_PX = 24;

/** Numbers of layers and heads beside the maps: every one where there is room. */
export function labelsOf(
  { layers, heads }: Pick<AttentionMaps, "layers" | "heads">,
  geometry: Geometry,
): Label[] {
  const every = geometry.cellWidth >= LABELLED_PX ? 1 : 2;
  const columns = Array.from({ length: heads }, (_, head) => ({
    x: geometry.at(0, head).left + geometry.cellWidth / 2,
    y: LABELS_HEIGHT / 2,
    text: `${ATTENTION.headLetter}${head}`,
    isRow: false,
  })).filter((_, head) => head % every === 0);
  const rows = Array.from({ length: layers }, (_, layer) => ({
    x: LABELS_WIDTH - 6,
    y: geometry.at(layer, 0).top + geometry.cellHeight / 2,
    text: `${ATTENTION.layerLetter}${layer}`,
    isRow: true,
  }));
  return [...columns, ...rows];
}
