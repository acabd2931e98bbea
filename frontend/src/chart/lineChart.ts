import type { LineAxis, Range } from "../base/axis.ts";
import { type PriceScale, toPlotted } from "../base/priceScale.ts";
import { CanvasInk } from "./canvasInk.ts";
import type { Ink } from "./ink.ts";
import {
  alignedView,
  type Columns,
  type Geometry,
  heightsFor,
  type LineSeries,
  placeAt,
  xOf,
  yOf,
} from "./lineGeometry.ts";
import { drawScene, type LineScene, PLACE_AXIS_PX, VALUE_AXIS_PX } from "./lineScene.ts";
import { FONT_PX } from "./options.ts";
import type { ChartTheme } from "./theme.ts";

export interface LineContent {
  readonly axis: LineAxis;
  readonly held: Columns;
  /** The one in focus first. */
  readonly series: readonly LineSeries[];
  readonly scale: PriceScale;
}

/** Where the crosshair is, and the points that it picks out. */
export interface LineCursor {
  readonly place: number;
  readonly label: string;
  readonly dots: readonly CursorDot[];
  /** Of the pointer, in pixels of the page; null where it is elsewhere. */
  readonly y: number | null;
}

export interface CursorDot {
  readonly place: number;
  readonly value: number;
  readonly colour: string;
}

/** Where the pointer is on the plot. */
export interface Hover {
  readonly place: number;
  readonly y: number;
}

/** What is on screen once it has been painted. */
export interface PaintedLines {
  readonly content: LineContent;
  readonly geometry: Geometry;
}

export interface LineChartListener {
  hovered(hover: Hover | null): void;
  painted(painted: PaintedLines): void;
  /** In pixels of the screen. */
  resized(plotPx: number): void;
}

const DOT_PX = 3.5;
const LABEL_HEIGHT_PX = 18;
const LABEL_PADDING_PX = 6;

/** Lines on two canvases, of which the upper has the crosshair. Draws what it is handed; fetches nothing. */
export class LineChart {
  private readonly lower: HTMLCanvasElement;
  private readonly upper: HTMLCanvasElement;
  private readonly listening = new AbortController();
  private readonly watch = new ResizeObserver(() => this.resized());
  private content: LineContent | null = null;
  private wantedView: Range | null = null;
  private cursor: LineCursor | null = null;
  private highlighted: string | null = null;
  private isStale = false;
  private frameRequest = 0;
  private size = { width: 0, height: 0, ratio: 1 };

  constructor(
    private readonly element: HTMLElement,
    private theme: ChartTheme,
    private readonly listener: LineChartListener,
  ) {
    this.lower = canvasIn(element);
    this.upper = canvasIn(element);
    const { signal } = this.listening;
    element.addEventListener("pointermove", (event) => this.pointed(event), { signal });
    element.addEventListener("pointerdown", (event) => this.pointed(event), { signal });
    element.addEventListener("pointerleave", () => this.listener.hovered(null), { signal });
    this.watch.observe(element);
  }

  plotPx(): number {
    return this.size.width;
  }

  view(): Range | null {
    return this.wantedView;
  }

  setContent(content: LineContent, view: Range): void {
    this.content = content;
    this.setView(view);
  }

  setView(view: Range): void {
    this.wantedView = view;
    this.redraw();
  }

  setTheme(theme: ChartTheme): void {
    this.theme = theme;
    this.redraw();
  }

  /** Draws one run over the others, which step back. */
  highlight(run: string | null): void {
    if (run === this.highlighted) return;
    this.highlighted = run;
    this.redraw();
  }

  setCursor(cursor: LineCursor | null): void {
    this.cursor = cursor;
    this.afterFrame();
  }

  /** What is shown, as a picture draws it; null before there is anything. */
  scene(): LineScene | null {
    const { content, theme, highlighted } = this;
    const geometry = this.geometry();
    if (content === null || geometry === null) return null;
    return { axis: content.axis, held: content.held, series: content.series, highlighted, geometry, theme };
  }

  close(): void {
    cancelAnimationFrame(this.frameRequest);
    this.watch.disconnect();
    this.listening.abort();
    this.lower.remove();
    this.upper.remove();
  }

  private geometry(): Geometry | null {
    const { content, wantedView, size } = this;
    if (content === null || wantedView === null || size.width <= 0 || size.height <= 0) return null;
    const { scale, held, series } = content;
    const view = alignedView(wantedView, held, Math.round(size.width * size.ratio));
    return { view, ...size, scale, ...heightsFor(series, view, scale) };
  }

  private resized(): void {
    const [width, height, ratio] = [
      this.element.clientWidth,
      this.element.clientHeight,
      window.devicePixelRatio,
    ];
    for (const canvas of [this.lower, this.upper]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    this.size = {
      width: Math.max(0, width - VALUE_AXIS_PX),
      height: Math.max(0, height - PLACE_AXIS_PX),
      ratio,
    };
    this.listener.resized(Math.round(this.size.width * ratio));
    this.isStale = true;
    // At once, because a canvas of another size is empty.
    this.paint();
  }

  private redraw(): void {
    this.isStale = true;
    this.afterFrame();
  }

  private afterFrame(): void {
    if (this.frameRequest !== 0) return;
    this.frameRequest = requestAnimationFrame(() => {
      this.frameRequest = 0;
      this.paint();
    });
  }

  private paint(): void {
    const scene = this.scene();
    const [lower, upper] = [this.lower.getContext("2d"), this.upper.getContext("2d")];
    if (scene === null || lower === null || upper === null || this.content === null) return;
    if (this.isStale) {
      drawScene(new CanvasInk(lower, scene.geometry.ratio), scene);
      this.isStale = false;
      this.listener.painted({ content: this.content, geometry: scene.geometry });
    }
    upper.setTransform(1, 0, 0, 1, 0, 0);
    upper.clearRect(0, 0, this.upper.width, this.upper.height);
    if (this.cursor !== null) {
      drawCursor(new CanvasInk(upper, scene.geometry.ratio), upper, scene, this.cursor);
    }
  }

  private pointed(event: PointerEvent): void {
    const geometry = this.geometry();
    const box = this.element.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const isOver = geometry !== null && x >= 0 && x < geometry.width && y >= 0 && y < geometry.height;
    this.listener.hovered(isOver ? { place: placeAt(geometry, x), y } : null);
  }
}

function canvasIn(element: HTMLElement): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.style.position = "absolute";
  canvas.style.inset = "0";
  element.append(canvas);
  return canvas;
}

function drawCursor(
  ink: Ink,
  context: CanvasRenderingContext2D,
  { geometry, theme }: LineScene,
  cursor: LineCursor,
): void {
  const { width, height, scale } = geometry;
  const x = Math.floor(xOf(geometry, cursor.place)) + 0.5;
  if (x < 0 || x > width) return;
  const dashed = { colour: theme.crosshair, width: 1, dash: [4, 3] };
  ink.within({ x: 0, y: 0, width, height }, () => {
    ink.line(Float64Array.of(x, 0, x, height), dashed);
    if (cursor.y !== null) {
      const y = Math.floor(cursor.y) + 0.5;
      ink.line(Float64Array.of(0, y, width, y), dashed);
    }
    for (const { place, value, colour } of cursor.dots) {
      const y = yOf(geometry, toPlotted(value, scale));
      if (!Number.isFinite(y)) continue;
      const dot = Float64Array.of(xOf(geometry, place), y);
      ink.line(dot, { colour: theme.background, width: 2 * DOT_PX + 3 });
      ink.line(dot, { colour, width: 2 * DOT_PX });
    }
  });
  drawLabel(ink, context, { x, y: height + LABEL_HEIGHT_PX / 2 + 3, width }, cursor.label, theme);
}

/** Where the crosshair is, on the axis below; never cut at its ends. */
function drawLabel(
  ink: Ink,
  context: CanvasRenderingContext2D,
  at: { readonly x: number; readonly y: number; readonly width: number },
  label: string,
  theme: ChartTheme,
): void {
  const look = { colour: "#ffffff", px: FONT_PX, align: "center" } as const;
  ink.text("", 0, 0, look);
  const width = context.measureText(label).width + 2 * LABEL_PADDING_PX;
  const x = Math.min(at.width + VALUE_AXIS_PX - width / 2, Math.max(width / 2, at.x));
  const top = at.y - LABEL_HEIGHT_PX / 2;
  ink.rect({ x: x - width / 2, y: top, width, height: LABEL_HEIGHT_PX }, theme.crosshairLabel);
  ink.text(label, x, at.y, look);
}
