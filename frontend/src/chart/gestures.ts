import type { Range } from "../base/axis.ts";
import { panView, zoomView } from "../data/view.ts";

/** What gestures need to know of the chart they act on. */
export interface GestureTarget {
  readonly element: HTMLElement;
  view(): Range | null;
  plotPx(): number;
  look(view: Range): void;
  fit(): void;
}

const WHEEL_ZOOM = 0.0018;
const LINE_PX = 20;
const MOST_PX_PER_EVENT = 160;

/**
 * Wheel, drag and pinch on the plot. They move the view in units of the axis, not in bars as the chart's own
 * handling does: bars are replaced by finer or coarser ones in the middle of a gesture.
 */
export class Gestures {
  private readonly pointers = new Map<number, PointerEvent>();
  private readonly listening = new AbortController();

  constructor(private readonly target: GestureTarget) {
    const { element } = target;
    const { signal } = this.listening;
    element.addEventListener("wheel", (event) => this.wheel(event), { passive: false, signal });
    element.addEventListener("pointerdown", (event) => this.down(event), { signal });
    element.addEventListener("dblclick", (event) => this.doubleClick(event), { signal });
    // On the window, because a drag may leave the plot; capturing the pointer would take it from the crosshair.
    window.addEventListener("pointermove", (event) => this.move(event), { signal });
    window.addEventListener("pointerup", (event) => this.up(event), { signal });
    window.addEventListener("pointercancel", (event) => this.up(event), { signal });
  }

  close(): void {
    this.listening.abort();
  }

  private wheel(event: WheelEvent): void {
    const view = this.target.view();
    if (view === null || !this.inPlot(event)) return;
    event.preventDefault();
    const [dx, dy] = [wheelPx(event.deltaX, event), wheelPx(event.deltaY, event)];
    const sideways = event.shiftKey ? dx || dy : dx;
    if (Math.abs(sideways) > Math.abs(dy) || event.shiftKey) {
      this.target.look(panView(view, sideways * this.perPx(view)));
    } else {
      const pinch = event.ctrlKey ? 4 : 1;
      this.target.look(zoomView(view, this.placeOf(event, view), Math.exp(-dy * WHEEL_ZOOM * pinch)));
    }
  }

  private down(event: PointerEvent): void {
    const primary = event.pointerType !== "mouse" || event.button === 0;
    if (primary && this.inPlot(event) && !isHandle(event.target)) this.pointers.set(event.pointerId, event);
  }

  private move(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    const view = this.target.view();
    if (before === undefined || view === null) return;
    this.pointers.set(event.pointerId, event);
    const other = [...this.pointers.values()].find((pointer) => pointer.pointerId !== event.pointerId);
    if (other === undefined) {
      this.target.look(panView(view, (before.clientX - event.clientX) * this.perPx(view)));
      return;
    }
    const factor = distance(event, other) / Math.max(1, distance(before, other));
    const middle = (event.clientX + other.clientX) / 2;
    this.target.look(zoomView(view, this.placeAt(middle, view), factor));
  }

  private up(event: PointerEvent): void {
    this.pointers.delete(event.pointerId);
  }

  private doubleClick(event: MouseEvent): void {
    if (this.inPlot(event) && !isHandle(event.target)) this.target.fit();
  }

  private inPlot(event: MouseEvent): boolean {
    const left = this.target.element.getBoundingClientRect().left;
    return event.clientX - left < this.target.plotPx();
  }

  private perPx(view: Range): number {
    return (view.to - view.from) / Math.max(1, this.target.plotPx());
  }

  private placeOf(event: MouseEvent, view: Range): number {
    return this.placeAt(event.clientX, view);
  }

  private placeAt(clientX: number, view: Range): number {
    const left = this.target.element.getBoundingClientRect().left;
    return view.from + (clientX - left) * this.perPx(view);
  }
}

const distance = (a: PointerEvent, b: PointerEvent): number =>
  Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);

/** Wheels report lines or pages on some systems, and a free-running one reports hundreds of pixels at once. */
function wheelPx(delta: number, event: WheelEvent): number {
  const px = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? delta : delta * LINE_PX;
  return Math.max(-MOST_PX_PER_EVENT, Math.min(MOST_PX_PER_EVENT, px));
}

/** The line between panes has its own drag, which resizes them. */
const isHandle = (target: EventTarget | null): boolean =>
  target instanceof Element && /resize/.test(getComputedStyle(target).cursor);
