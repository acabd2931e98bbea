import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useLayoutEffect, useMemo, useReducer } from "preact/hooks";

// Rows beyond the edges, so that a quick scroll does not show empty ones.
const OVERSCAN_ROWS = 6;

interface VirtualOptions {
  readonly count: number;
  /** Of each row; of rows that are measured a guess. */
  readonly rowPx: number;
  /** Of what sticks to the top of the scroller, above all rows. */
  readonly headPx: number;
}

export interface VirtualRows {
  /** The rows to draw are `begin` up to, and not including, `end`. */
  readonly begin: number;
  readonly end: number;
  readonly scrollTo: (row: number) => void;
  /** From the first row to the end of the last, as far as they are measured. */
  readonly totalPx: number;
  readonly topOf: (row: number) => number;
  /** For rows of unequal height: the `ref` of each, which says its number as `data-index`. */
  readonly measure: (row: HTMLElement | null) => void;
}

/** Which rows of a long list are in view, as it scrolls and changes its size. */
export function useVirtualRows(
  scroller: RefObject<HTMLElement | null>,
  { count, rowPx, headPx }: VirtualOptions,
): VirtualRows {
  const [, redraw] = useReducer((turn: number, _: unknown) => turn + 1, 0);
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN_ROWS,
    scrollMargin: headPx,
    scrollPaddingStart: headPx,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: redraw,
  };
  const virtualizer = useMemo(() => new Virtualizer<HTMLElement, HTMLElement>(options), []);
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  const items = virtualizer.getVirtualItems();
  return {
    begin: items[0]?.index ?? 0,
    end: (items.at(-1)?.index ?? -1) + 1,
    scrollTo: (row) => virtualizer.scrollToIndex(row),
    totalPx: virtualizer.getTotalSize(),
    topOf: (row) => (virtualizer.measurementsCache[row]?.start ?? headPx + row * rowPx) - headPx,
    measure: virtualizer.measureElement,
  };
}
