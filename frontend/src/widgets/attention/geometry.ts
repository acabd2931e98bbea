import type { AttentionMaps } from "../../api/attention.ts";

export interface Box {
  readonly left: number;
  readonly top: number;
}

/** Where each head's map lies, in pixels: a row for each layer, a column for each head. */
export interface Geometry {
  readonly width: number;
  readonly height: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  at(layer: number, head: number): Box;
}

export const LABELS_WIDTH = 34;
export const LABELS_HEIGHT = 20;
const GAP = 3;
const LEAST_PX = 16;
/** Where there are many layers it is better to scroll than to see less. */
const SCROLLED_PX = 30;
const MOST_PX = 260;
/** A map that is longer one way than the other is drawn no longer than this. */
const MOST_RATIO = 3;

/** Maps as large as they can be in a place, and never so small that nothing is seen: then it scrolls. */
export function geometryOf(
  { layers, heads, rows, columns }: Pick<AttentionMaps, "layers" | "heads" | "rows" | "columns">,
  place: { readonly width: number; readonly height: number },
): Geometry {
  const ratio = Math.min(MOST_RATIO, Math.max(1 / MOST_RATIO, rows / Math.max(columns, 1)));
  const byWidth = (place.width - LABELS_WIDTH) / Math.max(heads, 1) - GAP;
  const byHeight = ((place.height - LABELS_HEIGHT) / Math.max(layers, 1) - GAP) / ratio;
  const fitting = Math.min(byWidth, Math.max(byHeight, SCROLLED_PX));
  const cellWidth = Math.floor(Math.min(MOST_PX, Math.max(LEAST_PX, fitting)));
  const cellHeight = Math.max(LEAST_PX, Math.floor(cellWidth * ratio));
  return {
    width: LABELS_WIDTH + heads * (cellWidth + GAP),
    height: LABELS_HEIGHT + layers * (cellHeight + GAP),
    cellWidth,
    cellHeight,
    at: (layer, head) => ({
      left: LABELS_WIDTH + head * (cellWidth + GAP),
      top: LABELS_HEIGHT + layer * (cellHeight + GAP),
    }),
  };
}

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

/** The head that a key leads to from another, by their places in a row; null where it leads nowhere. */
export function moved(
  key: string,
  at: number,
  { layers, heads }: { readonly layers: number; readonly heads: number },
) {
  if (key === "Home") return 0;
  if (key === "End") return layers * heads - 1;
  const move = MOVES[key];
  if (move === undefined) return null;
  const [layer, head] = [Math.floor(at / heads) + move[0], (at % heads) + move[1]];
  return layer >= 0 && layer < layers && head >= 0 && head < heads ? layer * heads + head : null;
}
