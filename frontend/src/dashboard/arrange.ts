/** In cells of the grid: `x` and `w` of its twelve columns, `y` and `h` in rows. */
export interface Box {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export const COLUMNS = 12;

/** The smallest that a box may become. */
export interface LeastSize {
  readonly minW: number;
  readonly minH: number;
}

export const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

const sharesColumn = (a: Box, b: Box): boolean => a.x < b.x + b.w && b.x < a.x + a.w;

const bottom = (boxes: readonly Box[]): number => Math.max(0, ...boxes.map(({ y, h }) => y + h));

/**
 * Boxes pulled up until each rests on another or on the top; none overlap afterwards. Where two want the same
 * place, `first` gets it. They come in the order in which they were given.
 */
export function arranged<B extends Box>(boxes: readonly B[], first: string | null = null): B[] {
  const fromTop = [...boxes].sort(
    (a, b) => a.y - b.y || Number(b.id === first) - Number(a.id === first) || a.x - b.x,
  );
  const settled = new Map<string, B>();
  for (const box of fromTop) {
    const above = [...settled.values()].filter((other) => sharesColumn(other, box));
    settled.set(box.id, { ...box, y: bottom(above) });
  }
  return boxes.map((box) => settled.get(box.id) ?? box);
}

/** As they are read: line by line, from the left. */
export const inReadingOrder = <B extends Box>(boxes: readonly B[]): B[] =>
  [...boxes].sort((a, b) => a.y - b.y || a.x - b.x);

const change = <B extends Box>(boxes: readonly B[], changed: B): B[] =>
  arranged(
    boxes.map((box) => (box.id === changed.id ? changed : box)),
    changed.id,
  );

const isSame = (a: readonly Box[], b: readonly Box[]): boolean =>
  a.every((box, i) => {
    const other = b[i];
    return other && box.x === other.x && box.y === other.y && box.w === other.w && box.h === other.h;
  });

/** One step sideways, or past the next box up or down; null where there is nowhere to go. */
export function nudged<B extends Box>(boxes: readonly B[], id: string, dx: number, dy: number): B[] | null {
  const box = boxes.find((one) => one.id === id);
  if (!box) return null;
  const x = Math.max(0, Math.min(COLUMNS - box.w, box.x + dx));
  if (x !== box.x) return change(boxes, { ...box, x });
  if (dy === 0) return null;
  for (let y = box.y + dy; y >= 0 && y <= bottom(boxes); y += dy) {
    const moved = change(boxes, { ...box, y });
    if (!isSame(moved, boxes)) return moved;
  }
  return null;
}

/** One column wider or narrower, one row taller or lower; null where that can't be. */
export function grown<B extends Box>(
  boxes: readonly B[],
  id: string,
  dw: number,
  dh: number,
  { minW, minH }: LeastSize,
): B[] | null {
  const box = boxes.find((one) => one.id === id);
  if (!box) return null;
  const w = Math.max(Math.min(minW, box.w), Math.min(COLUMNS - box.x, box.w + dw));
  const h = Math.max(Math.min(minH, box.h), box.h + dh);
  return w === box.w && h === box.h ? null : change(boxes, { ...box, w, h });
}

/** The first place, from the top, where a box of this size fits without moving another. */
export function freePlace(
  boxes: readonly Box[],
  w: number,
  h: number,
): { readonly x: number; readonly y: number } {
  const end = bottom(boxes);
  for (let y = 0; y < end; y++) {
    for (let x = 0; x + w <= COLUMNS; x++) {
      const box = { id: "", x, y, w, h };
      if (!boxes.some((other) => overlap(box, other))) return { x, y };
    }
  }
  return { x: 0, y: end };
}
