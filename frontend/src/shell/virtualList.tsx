import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type Range,
  type VirtualItem,
  Virtualizer,
} from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";

const OVERSCAN_ROWS = 8;

/** Of the first paint, before the browser has said how large the list is. */
const FIRST_RECT = { width: 300, height: 600 };

interface VirtualListOptions {
  readonly count: number;
  readonly rowPx: number;
  /** A row that is always there, for it may have the keyboard's focus. */
  readonly kept: number;
}

interface VirtualList {
  /** For the element that scrolls. */
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** Rows to draw, with the distance from the begin of the list. */
  readonly rows: readonly VirtualItem[];
  readonly totalPx: number;
  readonly reveal: (index: number) => void;
}

/** Of a list of rows of one height only those in sight, however many there are. */
export function useVirtualList({ count, rowPx, kept }: VirtualListOptions): VirtualList {
  const scroller = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer<number, void>((times) => times + 1, 0);
  const options = {
    count,
    estimateSize: () => rowPx,
    getScrollElement: () => scroller.current,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    overscan: OVERSCAN_ROWS,
    initialRect: FIRST_RECT,
    rangeExtractor: (range: Range) => withRow(defaultRangeExtractor(range), kept, count),
    onChange: () => redraw(),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLDivElement, Element>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  return {
    scroller,
    rows: virtualizer.getVirtualItems(),
    totalPx: virtualizer.getTotalSize(),
    reveal: (index) => virtualizer.scrollToIndex(index),
  };
}

/** Indices in rising order, with one more among them. */
function withRow(indices: readonly number[], row: number, count: number): number[] {
  if (row < 0 || row >= count || indices.includes(row)) return [...indices];
  return [...indices, row].sort((a, b) => a - b);
}
