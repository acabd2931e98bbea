import type { AttentionMaps } from "../../api/attention.ts";
import type { Table } from "../../base/table.ts";
import type { Offer } from "../widget.ts";
import { type Geometry, geometryOf } from "./geometry.ts";
import { labelsOf, paint, paperOf } from "./paint.ts";
import type { Scale } from "./settings.ts";

const UNSEEN = { width: 900, height: 600 };

/** All maps on white: as pixels, or with names that stay letters. */
export function gridOffer(
  maps: AttentionMaps,
  scale: Scale,
  placed: () => Geometry | null,
  table: () => Table,
): Offer {
  const geometry = () => placed() ?? geometryOf(maps, UNSEEN);
  return {
    table,
    png: async () => paperOf(maps, scale, geometry()).convertToBlob({ type: "image/png" }),
    svg: async () => svgOf(maps, scale, geometry()),
  };
}

async function svgOf(maps: AttentionMaps, scale: Scale, geometry: Geometry): Promise<string> {
  const { width, height } = geometry;
  const picture = await dataUrl(maps, scale, geometry);
  const labels = labelsOf(maps, geometry).map(
    ({ x, y, text, isRow }) =>
      `<text x="${x}" y="${y}" dy="0.35em" text-anchor="${isRow ? "end" : "middle"}">${text}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    ' font-family="Arial, Helvetica, sans-serif" font-size="11">',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<image width="${width}" height="${height}" href="${picture}"/>`,
    ...labels,
    "</svg>",
  ].join("");
}

const RATIO = 3;

async function dataUrl(maps: AttentionMaps, scale: Scale, geometry: Geometry): Promise<string> {
  const canvas = new OffscreenCanvas(geometry.width * RATIO, geometry.height * RATIO);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("the browser gives no canvas");
  paint(context, maps, { geometry, scale, ratio: RATIO });
  const blob = await canvas.convertToBlob({ type: "image/png" });
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
