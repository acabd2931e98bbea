/** Part of a picture, from 0 to 1 from the left and from below. */
export interface Cell {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** Room between pictures, of the whole: none for scenes, and enough for axes. */
export interface Gaps {
  readonly x: number;
  readonly y: number;
}

export const TOUCHING: Gaps = { x: 0.01, y: 0.02 };
export const APART: Gaps = { x: 0.1, y: 0.16 };

/** Places for so many pictures, in rows from the top. */
export function cellsOf(count: number, columns: number, gaps: Gaps): readonly Cell[] {
  const across = Math.max(1, Math.min(count, columns));
  const down = Math.ceil(count / across);
  const [width, height] = [(1 - gaps.x * (across - 1)) / across, (1 - gaps.y * (down - 1)) / down];
  return Array.from({ length: count }, (_, i) => {
    const left = (i % across) * (width + gaps.x);
    const top = 1 - Math.floor(i / across) * (height + gaps.y);
    return { x: [left, left + width], y: [Math.max(0, top - height), top] };
  });
}
