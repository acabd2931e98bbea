import { signal } from "@preact/signals";
import type { Table } from "../../base/table.ts";
import type { ThemeName } from "../../chart/theme.ts";
import type { Offer } from "../widget.ts";
import { HOME, type Turn, turned } from "./camera.ts";
import { dress, type Json, merged, plain } from "./dress.ts";
import type { Camera, Figure, PlotPoint } from "./figure.ts";
import { loadPlotly, type PlotElement, type Plotly } from "./plotly.ts";
import { type PlotTheme, paperTheme, plotTheme } from "./theme.ts";
import { afterChange, type KeptView } from "./view.ts";
import { releaseContexts } from "./webgl.ts";

export type DrawFigure = (theme: PlotTheme) => Figure;

const made = new WeakMap<DrawFigure, { readonly theme: ThemeName; readonly figure: Figure }>();

/** A figure in the tab's own colours, made once for all who look at it. */
export function figureOf(draw: DrawFigure, theme: ThemeName): Figure {
  const known = made.get(draw);
  if (known?.theme === theme) return known.figure;
  const figure = draw(plotTheme(theme));
  made.set(draw, { theme, figure });
  return figure;
}

export interface Wanted {
  readonly figure: DrawFigure;
  readonly theme: ThemeName;
  /** Zoom and rotation are kept while this is the same. */
  readonly viewOf: string;
}

const CONFIG = {
  displayModeBar: false,
  scrollZoom: false,
  responsive: false,
  doubleClick: "reset+autosize",
  typesetMath: false,
};

const FILE_LEAST_PX = { width: 720, height: 480 };
const FILE_RATIO = 3;

/** What is drawn in one place: the last that was asked for, and pictures of it for files. */
export class PlotHandle {
  /** How often it was drawn; 0: not yet, or no more. */
  readonly drawings = signal(0);
  readonly problem = signal<string | null>(null);
  /** The browser took its WebGL away. */
  readonly isLost = signal(false);
  onPoint: ((point: PlotPoint) => void) | undefined;

  private host: HTMLElement | null = null;
  /** Where it was drawn, which may be gone by now. */
  private drawnIn: HTMLElement | null = null;
  private wanted: Wanted | null = null;
  private drawn: Wanted | null = null;
  private last: Wanted | null = null;
  private kept: KeptView = {};
  private isAtWork = false;

  draw(host: HTMLElement, wanted: Wanted): void {
    if (this.last?.viewOf !== wanted.viewOf) this.kept = {};
    this.host = host;
    this.wanted = wanted;
    this.last = wanted;
    void this.work();
  }

  /** Lets go of all that the browser holds for it, but not of how it was looked at. */
  release(): void {
    this.wanted = null;
    void this.work();
  }

  resize(): void {
    const { host } = this;
    if (this.drawn === null || host === null || host.clientWidth === 0 || host.clientHeight === 0) return;
    void loadPlotly().then((plotly) => (this.drawn === null ? null : plotly.Plots.resize(host)));
  }

  /** All scenes together, so that they stay comparable. */
  turn(turn: Turn | "home"): void {
    const scenes = this.scenes();
    const [first] = scenes;
    if (first === undefined || this.last === null) return;
    const begun = figureOf(this.last.figure, this.last.theme).layout?.[first]?.camera ?? HOME;
    const now = (this.kept[first]?.camera as Camera | undefined) ?? begun;
    this.look(scenes, turn === "home" ? begun : turned(now, turn));
  }

  /** What a frame offers: the table, and the plot as it is looked at, on paper. */
  offer(title: string, table: () => Table): Offer {
    return {
      table,
      png: async () => pngOf(await this.picture("png", title)),
      svg: async () => this.picture("svg", title),
    };
  }

  private async work(): Promise<void> {
    if (this.isAtWork || this.drawn === this.wanted) return;
    this.isAtWork = true;
    try {
      const plotly = await loadPlotly();
      while (this.drawn !== this.wanted) await this.step(plotly);
      this.problem.value = null;
    } catch (error) {
      // The chunk could not be fetched, or plotly could not draw: whoever looks has to know.
      this.problem.value = error instanceof Error ? error.message : String(error);
    } finally {
      this.isAtWork = false;
    }
  }

  private async step(plotly: Plotly): Promise<void> {
    const { wanted, host } = this;
    if (wanted === null || this.drawnIn !== host) this.purge(plotly);
    if (host !== null && wanted !== null) await this.paint(plotly, host, wanted);
    this.drawn = wanted;
  }

  private purge(plotly: Plotly): void {
    if (this.drawnIn === null) return;
    releaseContexts(this.drawnIn);
    plotly.purge(this.drawnIn);
    this.drawnIn = null;
    this.drawn = null;
    this.drawings.value = 0;
  }

  private async paint(plotly: Plotly, host: HTMLElement, wanted: Wanted): Promise<void> {
    const isFirst = this.drawn === null;
    this.drawnIn = host;
    const { data, layout } = this.dressed(
      wanted,
      figureOf(wanted.figure, wanted.theme),
      plotTheme(wanted.theme),
    );
    const element = await plotly.react(host, data, layout, { ...CONFIG });
    if (isFirst) this.listen(element);
    this.drawings.value += 1;
  }

  private dressed(wanted: Wanted, figure: Figure, theme: PlotTheme): ReturnType<typeof dress> {
    const { data, layout } = dress(figure, theme, wanted.viewOf);
    return { data, layout: merged(layout, this.kept) };
  }

  private listen(element: PlotElement): void {
    element.on("plotly_relayout", (event) => this.changed(event as Json));
    element.on("plotly_click", (event) => {
      const point = pointOf(event);
      if (point) this.onPoint?.(point);
    });
    element.on("plotly_webglcontextlost", () => {
      this.isLost.value = true;
    });
  }

  private changed(changes: Json): void {
    this.kept = afterChange(this.kept, changes);
    const moved = this.scenes().find((name) => `${name}.camera` in changes);
    const others = this.scenes().filter((name) => !(`${name}.camera` in changes));
    if (moved !== undefined && others.length > 0) this.look(others, changes[`${moved}.camera`] as Camera);
  }

  private look(scenes: readonly SceneName[], camera: Camera): void {
    const { host } = this;
    const changes = Object.fromEntries(scenes.map((name) => [`${name}.camera`, camera]));
    this.kept = afterChange(this.kept, changes);
    if (host === null || this.drawn === null) return;
    void loadPlotly().then((plotly) => (this.drawn === null ? null : plotly.relayout(host, changes)));
  }

  private scenes(): readonly SceneName[] {
    if (this.last === null) return [];
    const { traces } = figureOf(this.last.figure, this.last.theme);
    const names = traces.flatMap((trace) => ("scene" in trace && trace.scene ? [trace.scene] : ["scene"]));
    return [...new Set(names)] as SceneName[];
  }

  private async picture(format: "png" | "svg", title: string): Promise<string> {
    const { last, host } = this;
    if (last === null) throw new Error("nothing is drawn");
    const plotly = await loadPlotly();
    const theme = paperTheme(last.theme);
    const { data, layout } = this.dressed(last, last.figure(theme), theme);
    const size = {
      width: Math.max(FILE_LEAST_PX.width, host?.clientWidth ?? 0),
      height: Math.max(FILE_LEAST_PX.height, host?.clientHeight ?? 0),
    };
    const options = { format, ...size, scale: format === "png" ? FILE_RATIO : 1, imageDataOnly: true };
    return plotly.toImage({ data, layout: titled(layout, title), config: { ...CONFIG } }, options);
  }
}

type SceneName = "scene" | "scene2";

const TITLE_PX = 34;

function titled(layout: Json, title: string): Json {
  const margin = layout.margin as { readonly t?: number };
  return {
    ...layout,
    title: { text: plain(title), x: 0.01, xanchor: "left", y: 0.98, yanchor: "top", font: { size: 16 } },
    margin: { ...margin, t: (margin.t ?? 0) + TITLE_PX },
  };
}

function pointOf(event: unknown): PlotPoint | null {
  const { points } = event as { readonly points?: readonly Json[] };
  const [point] = points ?? [];
  if (!point) return null;
  const { curveNumber, pointNumber, x, y, z } = point;
  return { trace: Number(curveNumber), point: pointNumber as PlotPoint["point"], x, y, z };
}

function pngOf(base64: string): Blob {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: "image/png" });
}
