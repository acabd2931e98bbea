/** What a plot draws: plotly's own names, only those that are used here, and nothing that it could write to. */

/** Stops from 0 to 1, or the name of one of plotly's scales. */
export type ColourScale = string | readonly (readonly [number, string])[];

export type Numbers = Float64Array | Float32Array | Int32Array | readonly (number | null)[];
/** Numbers, or the names of categories. */
export type Places = Numbers | readonly string[];
/** Row by row. */
export type Grid = readonly Numbers[];
/** Drawn as it stands; "\n" breaks the line. */
type Texts = string | readonly string[];

export interface Title {
  readonly text: string;
}

export interface ColourBar {
  readonly title?: Title & { readonly side?: "right" | "top" };
  readonly tickvals?: readonly number[];
  readonly ticktext?: readonly string[];
  readonly tickformat?: string;
  readonly x?: number;
  readonly y?: number;
  readonly len?: number;
  readonly thickness?: number;
  readonly orientation?: "h" | "v";
}

interface Coloured {
  readonly colorscale?: ColourScale;
  readonly reversescale?: boolean;
  readonly showscale?: boolean;
  readonly colorbar?: ColourBar;
}

export interface Line extends Coloured {
  readonly color?: string | Numbers;
  readonly width?: number | Numbers;
  readonly dash?: "solid" | "dot" | "dash" | "dashdot";
  readonly shape?: "linear" | "hv" | "spline";
  readonly cmin?: number;
  readonly cmax?: number;
}

export interface Marker extends Coloured {
  readonly color?: string | Numbers | readonly string[];
  readonly size?: number | Numbers;
  readonly sizemin?: number;
  readonly symbol?: string | readonly string[];
  readonly opacity?: number;
  readonly line?: { readonly color?: string | readonly string[]; readonly width?: number };
  readonly cmin?: number;
  readonly cmax?: number;
}

interface Common {
  readonly name?: string;
  readonly showlegend?: boolean;
  readonly legendgroup?: string;
  readonly opacity?: number;
  readonly visible?: boolean;
  readonly text?: Texts | readonly (readonly string[])[];
  readonly hoverinfo?:
    | "text"
    | "skip"
    | "all"
    | "name"
    | "none"
    | "x+y"
    | "x+y+z"
    | "x+y+z+name"
    | "text+name";
  /** With places for numbers, `%{y:.4~g}`; the widget's own words, never a name from a log. */
  readonly hovertemplate?: string;
}

export interface ErrorBars {
  readonly type: "data";
  readonly array: Numbers;
  readonly arrayminus?: Numbers;
  readonly color?: string;
  readonly thickness?: number;
  readonly width?: number;
}

type Mode =
  | "lines"
  | "markers"
  | "text"
  | "lines+markers"
  | "lines+text"
  | "markers+text"
  | "lines+markers+text";
type TextPosition =
  | "top center"
  | "bottom center"
  | "middle left"
  | "middle right"
  | "middle center"
  | "top right";

export interface ScatterTrace extends Common {
  readonly type: "scatter";
  readonly x: Places;
  readonly y: Places;
  readonly mode: Mode;
  readonly line?: Line;
  readonly marker?: Marker;
  readonly fill?: "none" | "tozeroy" | "tonexty" | "toself";
  readonly fillcolor?: string;
  readonly textposition?: TextPosition | readonly TextPosition[];
  readonly connectgaps?: boolean;
  readonly cliponaxis?: boolean;
  readonly error_y?: ErrorBars;
  readonly xaxis?: string;
  readonly yaxis?: string;
}

export interface BarTrace extends Common {
  readonly type: "bar";
  readonly x: Places;
  readonly y: Places;
  readonly orientation?: "h" | "v";
  readonly marker?: Marker;
  readonly error_x?: ErrorBars;
  readonly error_y?: ErrorBars;
  readonly textposition?: "inside" | "outside" | "auto" | "none";
  readonly xaxis?: string;
  readonly yaxis?: string;
}

interface GridTrace extends Common, Coloured {
  readonly x?: Places;
  readonly y?: Places;
  readonly z: Grid;
  readonly zmin?: number;
  readonly zmax?: number;
  readonly hoverongaps?: boolean;
  /** Read where the pointer is, in place of the text in the cells. */
  readonly hovertext?: readonly (readonly string[])[];
  readonly xaxis?: string;
  readonly yaxis?: string;
}

export interface HeatmapTrace extends GridTrace {
  readonly type: "heatmap";
  /** `%{text}` or `%{z:.2f}`: written into each cell. */
  readonly texttemplate?: string;
  readonly textfont?: { readonly size?: number; readonly color?: string };
  readonly xgap?: number;
  readonly ygap?: number;
}

export interface ContourTrace extends GridTrace {
  readonly type: "contour";
  readonly ncontours?: number;
  readonly autocontour?: boolean;
  readonly contours?: {
    readonly coloring?: "fill" | "heatmap" | "lines" | "none";
    readonly showlabels?: boolean;
    readonly showlines?: boolean;
    readonly start?: number;
    readonly end?: number;
    readonly size?: number;
  };
  readonly line?: { readonly color?: string; readonly width?: number; readonly smoothing?: number };
}

export interface PolarTrace extends Common {
  readonly type: "scatterpolar";
  readonly r: Numbers;
  readonly theta: Places;
  readonly mode: Mode;
  readonly fill?: "none" | "toself";
  readonly fillcolor?: string;
  readonly line?: Line;
  readonly marker?: Marker;
}

export interface PolarBarTrace extends Common {
  readonly type: "barpolar";
  readonly r: Numbers;
  readonly theta: Places;
  readonly marker?: Marker;
}

export interface Scatter3dTrace extends Common {
  readonly type: "scatter3d";
  readonly x: Places;
  readonly y: Places;
  readonly z: Places;
  readonly mode: Mode;
  readonly line?: Line;
  readonly marker?: Marker;
  readonly textposition?: TextPosition;
  readonly connectgaps?: boolean;
  readonly scene?: string;
}

interface SurfaceContour {
  readonly show: boolean;
  readonly usecolormap?: boolean;
  readonly color?: string;
  readonly width?: number;
  readonly start?: number;
  readonly end?: number;
  readonly size?: number;
  readonly project?: { readonly x?: boolean; readonly y?: boolean; readonly z?: boolean };
}

interface Lighting {
  readonly ambient?: number;
  readonly diffuse?: number;
  readonly specular?: number;
  readonly roughness?: number;
  readonly fresnel?: number;
}

export interface SurfaceTrace extends Common, Coloured {
  readonly type: "surface";
  readonly x: Numbers;
  readonly y: Numbers;
  readonly z: Grid;
  /** What it is coloured by in place of its height. */
  readonly surfacecolor?: Grid;
  readonly cmin?: number;
  readonly cmax?: number;
  readonly contours?: {
    readonly x?: SurfaceContour;
    readonly y?: SurfaceContour;
    readonly z?: SurfaceContour;
  };
  readonly connectgaps?: boolean;
  readonly lighting?: Lighting;
  readonly scene?: string;
}

export interface IsosurfaceTrace extends Common, Coloured {
  readonly type: "isosurface";
  readonly x: Numbers;
  readonly y: Numbers;
  readonly z: Numbers;
  readonly value: Numbers;
  readonly isomin?: number;
  readonly isomax?: number;
  readonly cmin?: number;
  readonly cmax?: number;
  readonly surface?: { readonly count?: number; readonly fill?: number };
  readonly caps?: Readonly<Record<"x" | "y" | "z", { readonly show: boolean }>>;
  readonly lighting?: Lighting;
  readonly scene?: string;
}

export interface MeshTrace extends Common, Coloured {
  readonly type: "mesh3d";
  readonly x: Numbers;
  readonly y: Numbers;
  readonly z: Numbers;
  readonly i?: Numbers;
  readonly j?: Numbers;
  readonly k?: Numbers;
  readonly color?: string;
  readonly intensity?: Numbers;
  readonly scene?: string;
}

export interface Dimension {
  readonly label: string;
  readonly values: Numbers;
  readonly range?: readonly [number, number];
  readonly tickvals?: readonly number[];
  readonly ticktext?: readonly string[];
}

export interface ParcoordsTrace {
  readonly type: "parcoords";
  readonly name?: string;
  readonly dimensions: readonly Dimension[];
  readonly line?: Line;
  readonly labelangle?: number;
}

export type Trace =
  | ScatterTrace
  | BarTrace
  | HeatmapTrace
  | ContourTrace
  | PolarTrace
  | PolarBarTrace
  | Scatter3dTrace
  | SurfaceTrace
  | IsosurfaceTrace
  | MeshTrace
  | ParcoordsTrace;
