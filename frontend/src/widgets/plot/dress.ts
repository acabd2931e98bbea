import { shortened } from "../../base/shortened.ts";
import { HOME } from "./camera.ts";
import { type Figure, isScene, type Trace } from "./figure.ts";
import type { PlotTheme } from "./theme.ts";

/** What plotly is given; it writes to it, so it is made anew each time. */
export interface Dressed {
  readonly data: readonly Json[];
  readonly layout: Json;
}

export interface Json {
  [name: string]: unknown;
}

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const PAPER_FONT = 'Arial, Helvetica, "Liberation Sans", sans-serif';

const LONGEST_NAME = 40;

const CLEAR = "rgba(0,0,0,0)";

/** Where words stand in a figure. */
const WORDS = new Set(["name", "text", "hovertext", "ticktext", "label", "labels", "title"]);
/** Where names of categories may stand in place of numbers. */
const PLACES = new Set(["x", "y", "z", "theta"]);

// Plotly reads tags and entities in every text; this one has no width, and makes neither of them.
const WORD_JOINER = "\u2060";

/** A text that is drawn as it stands. */
export const plain = (text: string): string =>
  text.replace(/[<&]/g, `$&${WORD_JOINER}`).replaceAll("\n", "<br>");

/** A figure with the theme's colours, letters and axes; what the figure says itself stands. */
export function dress(figure: Figure, theme: PlotTheme, viewOf: string): Dressed {
  const { traces, layout = {} } = figure;
  return {
    data: traces.map((trace) => dressTrace(asJson(worded(named(trace))))),
    layout: merged(
      merged(layoutOf(theme, Object.keys(layout), viewOf), roomOf(figure)),
      asJson(worded(layout)),
    ),
  };
}

// A legend of longer names leaves no room for the picture.
const named = (trace: Trace): Trace =>
  trace.name === undefined ? trace : { ...trace, name: shortened(trace.name, LONGEST_NAME) };

/** Without the name that plotly writes beside each point: "trace 0" where there is none. */
function dressTrace(trace: Json): Json {
  const { hovertemplate, name } = trace;
  if (typeof hovertemplate === "string")
    return { ...trace, hovertemplate: `${hovertemplate}<extra></extra>` };
  if (name !== undefined) return trace;
  const places = isScene(trace.type) ? { hoverinfo: "x+y+z" } : {};
  return { ...places, hoverlabel: { namelength: 0 }, ...trace };
}

/** Scenes keep their own distance, and parallel axes have their names above them. */
function roomOf({ traces }: Figure): Json {
  if (traces.some(({ type }) => type === "parcoords")) return { margin: { l: 64, r: 48, t: 64, b: 24 } };
  if (traces.some(({ type }) => !isScene(type))) return { margin: { l: 56, r: 16, t: 16, b: 44 } };
  return { margin: { l: 0, r: 0, t: 0, b: 0 }, legend: { x: 0.01, y: 0.99, yanchor: "top" } };
}

const isPlainObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

const asJson = (value: unknown): Json => (isPlainObject(value) ? value : {});

/** A copy in which every text is drawn as it stands; columns of numbers are the same ones. */
function worded(value: unknown, isText = false): unknown {
  if (typeof value === "string") return isText ? plain(value) : value;
  if (Array.isArray(value)) {
    const isNumbers = typeof value[0] === "number" || value[0] === null;
    return isNumbers ? value : value.map((item: unknown) => worded(item, isText));
  }
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      worded(inner, WORDS.has(name) || (PLACES.has(name) && Array.isArray(inner))),
    ]),
  );
}

/** Both; where both say something, the second. */
export function merged(base: Json, over: Readonly<Json>): Json {
  const result: Json = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const below = base[name];
    result[name] = isPlainObject(value) && isPlainObject(below) ? merged(below, value) : value;
  }
  return result;
}

function layoutOf(theme: PlotTheme, names: readonly string[], viewOf: string): Json {
  const { soft, text, background, border, isPaper } = theme;
  const font = { family: isPaper ? PAPER_FONT : FONT, size: isPaper ? 14 : 12, color: soft };
  const flatAxes = names.filter((name) => /^[xy]axis/.test(name));
  const scenes = names.filter((name) => name.startsWith("scene"));
  return {
    uirevision: viewOf,
    autosize: true,
    font,
    paper_bgcolor: background,
    plot_bgcolor: background,
    hovermode: "closest",
    hoverlabel: { bgcolor: background, bordercolor: border, font: { ...font, color: text }, align: "left" },
    legend: { orientation: "h", x: 0, y: 1, xanchor: "left", yanchor: "bottom", bgcolor: CLEAR },
    ...Object.fromEntries(["xaxis", "yaxis", ...flatAxes].map((name) => [name, axisOf(theme)])),
    ...Object.fromEntries(["scene", ...scenes].map((name) => [name, sceneOf(theme)])),
    polar: polarOf(theme),
  };
}

const axisOf = ({ grid, border }: PlotTheme): Json => ({
  gridcolor: grid,
  linecolor: border,
  zerolinecolor: border,
  automargin: true,
  exponentformat: "power",
});

function sceneOf(theme: PlotTheme): Json {
  const axis = {
    gridcolor: theme.border,
    linecolor: theme.border,
    zerolinecolor: theme.border,
    showbackground: false,
    exponentformat: "power",
    // Lines from the pointer to the walls hide more than they tell.
    showspikes: false,
  };
  return {
    xaxis: axis,
    yaxis: axis,
    zaxis: axis,
    bgcolor: theme.background,
    aspectmode: "cube",
    camera: { ...HOME },
  };
}

const polarOf = ({ grid, border, background }: PlotTheme): Json => ({
  bgcolor: background,
  radialaxis: { gridcolor: grid, linecolor: border },
  angularaxis: { gridcolor: grid, linecolor: border },
});
