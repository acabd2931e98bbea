/** A figure: traces, and how they are laid out, in plotly's own names. */

import type { Numbers, Title, Trace } from "./traces.ts";

export type * from "./traces.ts";

export interface AxisLayout {
  readonly title?: Title;
  readonly type?: "linear" | "log" | "category";
  readonly range?: readonly [number, number];
  readonly autorange?: boolean | "reversed";
  readonly tickvals?: Numbers;
  readonly ticktext?: readonly string[];
  readonly tickformat?: string;
  readonly tickangle?: number;
  readonly nticks?: number;
  readonly dtick?: number;
  readonly showgrid?: boolean;
  readonly showticklabels?: boolean;
  readonly zeroline?: boolean;
  readonly visible?: boolean;
  readonly automargin?: boolean;
  readonly scaleanchor?: "x" | "y";
  readonly constrain?: "domain" | "range";
  readonly domain?: readonly [number, number];
  readonly anchor?: string;
  readonly overlaying?: string;
  readonly side?: "left" | "right" | "top" | "bottom";
  readonly matches?: string;
  readonly fixedrange?: boolean;
}

export interface Vector {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** Where a scene is seen from; its cube is about one wide. */
export interface Camera {
  readonly eye: Vector;
  readonly center?: Vector;
  readonly up?: Vector;
}

export interface Scene {
  readonly xaxis?: AxisLayout;
  readonly yaxis?: AxisLayout;
  readonly zaxis?: AxisLayout;
  readonly camera?: Camera;
  readonly aspectmode?: "auto" | "cube" | "data" | "manual";
  readonly aspectratio?: Vector;
  readonly domain?: { readonly x?: readonly [number, number]; readonly y?: readonly [number, number] };
}

export interface Annotation {
  readonly text: string;
  readonly x: number | string;
  readonly y: number | string;
  readonly xref?: string;
  readonly yref?: string;
  readonly xanchor?: "left" | "center" | "right";
  readonly yanchor?: "top" | "middle" | "bottom";
  readonly showarrow?: boolean;
  readonly ax?: number;
  readonly ay?: number;
}

export interface Shape {
  readonly type: "line" | "rect";
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  readonly xref?: string;
  readonly yref?: string;
  readonly line?: { readonly color?: string; readonly width?: number; readonly dash?: string };
  readonly fillcolor?: string;
  readonly opacity?: number;
  readonly layer?: "below" | "above";
}

export interface PolarLayout {
  readonly radialaxis?: {
    readonly range?: readonly [number, number];
    readonly tickvals?: readonly number[];
    readonly ticktext?: readonly string[];
    readonly showticklabels?: boolean;
    readonly angle?: number;
  };
  readonly angularaxis?: {
    readonly rotation?: number;
    readonly direction?: "clockwise" | "counterclockwise";
  };
}

type Numbered<Name extends string> = Name | `${Name}${2 | 3 | 4 | 5 | 6}`;

export type FigureLayout = {
  readonly [Axis in Numbered<"xaxis" | "yaxis">]?: AxisLayout;
} & {
  readonly [Name in Numbered<"scene">]?: Scene;
} & {
  readonly polar?: PolarLayout;
  readonly showlegend?: boolean;
  readonly legend?: { readonly orientation?: "h" | "v"; readonly x?: number; readonly y?: number };
  readonly hovermode?: "closest" | "x" | "x unified" | false;
  readonly barmode?: "group" | "stack" | "overlay";
  readonly bargap?: number;
  readonly annotations?: readonly Annotation[];
  readonly shapes?: readonly Shape[];
  readonly margin?: { readonly l?: number; readonly r?: number; readonly t?: number; readonly b?: number };
};

export interface Figure {
  readonly traces: readonly Trace[];
  readonly layout?: FigureLayout;
}

/** What was clicked: which trace, and which point of it, of a grid its row and column. */
export interface PlotPoint {
  readonly trace: number;
  readonly point: number | readonly [number, number];
  readonly x: unknown;
  readonly y: unknown;
  readonly z: unknown;
}

const SCENES: readonly unknown[] = ["scatter3d", "surface", "isosurface", "mesh3d"];

/** Whether traces of this type stand in a scene. */
export const isScene = (type: unknown): boolean => SCENES.includes(type);

/** Whether it can be turned around. */
export const isSpatial = ({ traces }: Figure): boolean => traces.some(({ type }) => isScene(type));

export const needsWebgl = (figure: Figure): boolean =>
  isSpatial(figure) || figure.traces.some(({ type }) => type === "parcoords");
