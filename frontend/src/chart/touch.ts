import { rowFrom } from "./bars.ts";
import { WIDEST_BODY_PX } from "./paint.ts";
import type { DrawnRun, Strand } from "./strands.ts";

export type Extreme = "high" | "low";

/** A candle that is pointed at, and which of its ends the pointer is nearer to. */
export interface Touched {
  readonly run: DrawnRun;
  /** Its number: it begins at this times the width. */
  readonly bucket: number;
  readonly extreme: Extreme;
}

interface Pointer {
  readonly bucket: number;
  /** Pixels from the middle of the bucket, and from the top of the pane. */
  readonly dx: number;
  readonly y: number;
  /** Pixels between buckets. */
  readonly spacing: number;
  readonly yOf: (plotted: number) => number;
}

const NEAR_PX = 6;

/** The candle at a place in a pane; null beside all of them. */
export function touchedAt(strands: readonly Strand[], pointer: Pointer): Touched | null {
  const { bucket, dx, y, spacing, yOf } = pointer;
  const slots = strands[0]?.slots ?? 1;
  if (slots === 1 && Math.abs(dx) > Math.max(NEAR_PX, WIDEST_BODY_PX / 2)) return null;
  const slot = Math.max(0, Math.min(slots - 1, Math.floor((dx / spacing + 0.5) * slots)));
  const strand = strands[slot];
  if (!strand) return null;
  const row = rowFrom(strand.bars, bucket);
  if (strand.bars.bucket[row] !== bucket) return null;
  const [top, bottom] = [yOf(strand.bars.high[row] ?? Number.NaN), yOf(strand.bars.low[row] ?? Number.NaN)];
  if (!(y >= top - NEAR_PX && y <= bottom + NEAR_PX)) return null;
  return { run: strand.run, bucket, extreme: y - top <= bottom - y ? "high" : "low" };
}
