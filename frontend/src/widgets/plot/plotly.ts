import type { Json } from "./dress.ts";

/** A div that plotly has drawn in. */
export interface PlotElement extends HTMLElement {
  /** What it was given, with what people have changed since: zoom, rotation. */
  readonly layout: Json;
  on(name: string, listener: (event: unknown) => void): void;
}

export interface ImageOptions {
  readonly format: "png" | "svg";
  readonly width: number;
  readonly height: number;
  readonly scale?: number;
  readonly imageDataOnly: boolean;
}

/** As much of plotly as is used. */
export interface Plotly {
  react(element: HTMLElement, data: readonly Json[], layout: Json, config: Json): Promise<PlotElement>;
  relayout(element: HTMLElement, changes: Json): Promise<unknown>;
  purge(element: HTMLElement): void;
  toImage(
    figure: { data: readonly Json[]; layout: Json; config: Json },
    options: ImageOptions,
  ): Promise<string>;
  readonly Plots: { resize(element: HTMLElement): Promise<unknown> };
}

let loading: Promise<Plotly> | null = null;

/** Plotly, in a chunk of its own, fetched once by the first plot that is drawn. */
export function loadPlotly(): Promise<Plotly> {
  loading ??= import("./bundle.ts").then(({ plotly }) => plotly);
  // The next plot tries again.
  loading.catch(() => {
    loading = null;
  });
  return loading;
}
