import { type GridItemHTMLElement, GridStack, type GridStackNode } from "gridstack";
import { type Box, COLUMNS, type LeastSize } from "./arrange.ts";

export const HANDLE_CLASS = "widget-handle";

const GAP_PX = 4;
// Further down than any layout reaches.
const OUT_OF_THE_WAY = 100_000;

/** A widget's element, and where it belongs. */
export interface Stacked {
  readonly element: GridItemHTMLElement;
  readonly box: Box;
  readonly least: LeastSize;
}

/** The library's grid, which moves elements under the pointer; where they belong is said by the layout alone. */
export class Stack {
  private readonly grid: GridStack;
  private readonly animate = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  /** `moved` gets the boxes of all widgets once one of them was dropped. */
  constructor(element: HTMLElement, moved: (boxes: readonly Box[]) => void) {
    this.grid = new GridStack(element, {
      column: COLUMNS,
      margin: GAP_PX,
      handle: `.${HANDLE_CLASS}`,
      auto: false,
      resizable: { handles: "se,sw" },
      animate: this.animate,
      cellHeight: 50,
    });
    const dropped = () => moved(this.grid.engine.nodes.flatMap(boxOf));
    this.grid.on("dragstop", dropped);
    this.grid.on("resizestop", dropped);
  }

  setRowHeight(px: number): void {
    this.grid.cellHeight(px);
  }

  /** Whether widgets can be dragged: not where they stand below each other for want of room. */
  setMovable(movable: boolean): void {
    this.grid.enableMove(movable);
    this.grid.enableResize(movable);
  }

  /** Puts every element where it belongs, and lets go of those that are gone. */
  show(items: readonly Stacked[]): void {
    const elements = new Set(items.map(({ element }) => element));
    // On its way to its place a new widget would pass through what is in sight, and be drawn.
    if (items.some(({ element }) => !element.gridstackNode)) this.grid.setAnimation(false);
    this.grid.batchUpdate();
    for (const { el } of [...this.grid.engine.nodes]) {
      if (el && !elements.has(el)) this.grid.removeWidget(el, false, false);
    }
    // Past each other they would push one another, so all leave before any arrives.
    for (const { element, box, least } of items) {
      const { id, x, w, h } = box;
      const y = box.y + OUT_OF_THE_WAY;
      if (element.gridstackNode) this.grid.update(element, { x, y, w, h });
      else this.grid.makeWidget(element, { id, x, y, w, h, ...leastWithin(least, box) });
    }
    for (const { element, box } of [...items].sort((a, b) => a.box.y - b.box.y)) {
      this.grid.update(element, { y: box.y });
    }
    this.grid.batchUpdate(false);
    this.grid.setAnimation(this.animate, true);
  }

  /** After a widget has drawn its handle anew. */
  handleDrawn(element: GridItemHTMLElement): void {
    if (element.gridstackNode) this.grid.refreshDragHandles(element);
  }

  close(): void {
    this.grid.offAll();
    this.grid.destroy(false);
  }
}

/** A layout may have made a widget smaller than it is meant to be; it stays so. */
const leastWithin = ({ minW, minH }: LeastSize, { w, h }: Box): LeastSize => ({
  minW: Math.min(minW, w),
  minH: Math.min(minH, h),
});

const boxOf = ({ id, x, y, w, h }: GridStackNode): Box[] =>
  id === undefined ? [] : [{ id, x: x ?? 0, y: y ?? 0, w: w ?? 1, h: h ?? 1 }];
