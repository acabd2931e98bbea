import type { Range } from "../base/axis.ts";
import { panView, zoomView } from "../data/view.ts";

/** What gestures need to know of the chart they act on. */
export interface GestureTarget {
  readonly element: HTMLElement;
  view(): Range | null;
  plotPx(): number;
  look(view: Range): void;
  fit(): void;
  /** Whether a plain drag selects a range, as one with Shift always does. */
  selects?(): boolean;
  /** A range is being selected, in pixels of the plot; null: no longer. */
  selecting?(px: Range | null): void;
  /** A press that was no drag, from the upper left corner; whether it meant anything. */
  pressed?(x: number, y: number): boolean;
}

const WHEEL_ZOOM = 0.0018;
const LINE_PX = 20;
const MOST_PX_PER_EVENT = 160;

/** A hand that clicks moves a little. */
const CLICK_PX = 4;
const LEAST_SELECTED_PX = 6;
const DOUBLE_CLICK_MS = 600;

/**
 * Wheel, drag and pinch on the plot. They move the view in units of the axis, not in bars as the chart's own
 * handling does: bars are replaced by finer or coarser ones in the middle of a gesture.
 */
export class Gestures {
  private readonly pointers = new Map<number, PointerEvent>();
  /** What the first pointer is about, since it went down. */
  private press: { readonly begin: PointerEvent; readonly selects: boolean; isClick: boolean } | null = null;
  private clickedAt = Number.NEGATIVE_INFINITY;
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
    window.addEventListener("pointercancel", (event) => this.forget(event), { signal });
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
    if (!primary || !this.inPlot(event) || isHandle(event.target)) return;
    this.pointers.set(event.pointerId, event);
    const isFirst = this.pointers.size === 1;
    const selects =
      this.target.selecting !== undefined && (event.shiftKey || this.target.selects?.() === true);
    if (!isFirst) this.target.selecting?.(null);
    this.press = isFirst ? { begin: event, selects, isClick: true } : null;
  }

  private move(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    const view = this.target.view();
    if (before === undefined || view === null) return;
    // Something else may have seen the end of the press: a menu of the browser, a window over this one.
    if (event.pointerType === "mouse" && event.buttons === 0) {
      this.forget(event);
      return;
    }
    this.pointers.set(event.pointerId, event);
    if (this.press && distance(this.press.begin, event) > CLICK_PX) this.press.isClick = false;
    const other = [...this.pointers.values()].find((pointer) => pointer.pointerId !== event.pointerId);
    if (other !== undefined) this.pinch(before, event, other, view);
    else if (!this.press?.selects) {
      this.target.look(panView(view, (before.clientX - event.clientX) * this.perPx(view)));
    } else if (!this.press.isClick) this.target.selecting?.(this.selected(event));
  }

  private pinch(before: PointerEvent, event: PointerEvent, other: PointerEvent, view: Range): void {
    const factor = distance(event, other) / Math.max(1, distance(before, other));
    const middle = (event.clientX + other.clientX) / 2;
    this.target.look(zoomView(view, this.placeAt(middle, view), factor));
  }

  /** From where the pointer went down to where it is, within the plot. */
  private selected(event: PointerEvent): Range {
    const left = this.target.element.getBoundingClientRect().left;
    const within = (px: number) => Math.max(0, Math.min(this.target.plotPx(), px));
    const begin = within((this.press?.begin ?? event).clientX - left);
    const end = within(event.clientX - left);
    return { from: Math.min(begin, end), to: Math.max(begin, end) };
  }

  private up(event: PointerEvent): void {
    const { press } = this;
    const isPressed = this.pointers.has(event.pointerId);
    const range = this.selected(event);
    this.forget(event);
    if (!isPressed || press === null) return;
    if (press.isClick) this.click(press.begin);
    else if (press.selects) this.zoomInto(range);
  }

  private forget(event: PointerEvent): void {
    if (!this.pointers.delete(event.pointerId)) return;
    if (this.press?.selects) this.target.selecting?.(null);
    this.press = null;
  }

  private zoomInto(px: Range): void {
    const view = this.target.view();
    if (view === null || px.to - px.from < LEAST_SELECTED_PX) return;
    const place = (x: number) => view.from + x * this.perPx(view);
    this.target.look({ from: place(px.from), to: place(px.to) });
  }

  private click(event: PointerEvent): void {
    const { left, top } = this.target.element.getBoundingClientRect();
    const isSpent = this.target.pressed?.(event.clientX - left, event.clientY - top);
    if (isSpent) this.clickedAt = event.timeStamp;
  }

  private doubleClick(event: MouseEvent): void {
    // The first click may have led elsewhere already.
    if (event.timeStamp - this.clickedAt < DOUBLE_CLICK_MS) return;
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
