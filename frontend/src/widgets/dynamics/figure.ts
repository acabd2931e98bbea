import type { Trajectory } from "../../api/trajectory.ts";
import { formatDigits, formatInteger, formatPercent, formatValue } from "../../base/format.ts";
import { atPlace, DYNAMICS } from "../../base/words/dynamics.ts";
import type { AxisLayout, Figure, Marker, Numbers, Trace } from "../plot/figure.ts";
import type { PlotTheme } from "../plot/theme.ts";
import { arrowScale, arrowsOf } from "./arrows.ts";
import type { Colour } from "./settings.ts";

export interface Scene {
  readonly paths: readonly Trajectory[];
  readonly colours: ReadonlyMap<string, string>;
  readonly colour: Colour;
  readonly momentum: boolean;
  readonly smooth: boolean;
  readonly log: boolean;
  /** Only what was by this step; null: all of it. */
  readonly until: number | null;
}

const SYMBOLS = ["circle", "square", "diamond", "cross", "x"] as const;

/** What is written along each axis. */
export const axisNames = ({ paths }: Pick<Scene, "paths">): readonly string[] => {
  const [first] = paths;
  if (!first) return [];
  const { explained } = first;
  if (explained === null) return first.tags;
  return first.position.map((_, i) => DYNAMICS.component(i + 1, formatPercent(explained[i] ?? Number.NaN)));
};

/** Along each axis, its name and whether it is logarithmic. */
function axesOf(scene: Scene): readonly AxisLayout[] {
  return axisNames(scene).map((text, axis) => {
    const isAbove = scene.paths.every(({ position }) =>
      (position[axis] ?? []).every((value) => Number.isNaN(value) || value > 0),
    );
    const title = { text };
    return scene.log && isAbove
      ? { title, type: "log", dtick: 1, tickformat: "~g" }
      : { title, type: "linear" };
  });
}

/** The paths in a cube. */
export function spaceOf(scene: Scene, theme: PlotTheme): Figure {
  const [xaxis = {}, yaxis = {}, zaxis = {}] = axesOf(scene);
  return {
    traces: tracesOf(scene, theme, ([px = [], py = [], pz = []], rest) => ({
      ...rest,
      type: "scatter3d",
      x: px,
      y: py,
      z: pz,
    })),
    layout: {
      scene: { xaxis, yaxis, zaxis },
      showlegend: scene.paths.length > 1 || scene.momentum,
    },
  };
}

/** The same seen from the front and from below: x against y, and x against z where there is one. */
export function flatOf(scene: Scene, theme: PlotTheme): Figure {
  const [xaxis = {}, yaxis = {}, zaxis] = axesOf(scene);
  const front = tracesOf(scene, theme, ([px = [], py = []], rest) => ({
    ...rest,
    type: "scatter",
    x: px,
    y: py,
  }));
  if (zaxis === undefined) return { traces: front, layout: { xaxis, yaxis } };
  const below = tracesOf(scene, theme, ([px = [], , pz = []], rest) => ({
    ...rest,
    marker: { ...rest.marker, showscale: false },
    type: "scatter",
    x: px,
    y: pz,
    xaxis: "x2",
    yaxis: "y2",
    showlegend: false,
  }));
  return {
    traces: [...front, ...below],
    layout: {
      xaxis: { ...xaxis, domain: [0, 0.44] },
      yaxis,
      xaxis2: { ...xaxis, domain: [0.56, 1], anchor: "y2" },
      yaxis2: { ...zaxis, anchor: "x2" },
      showlegend: scene.paths.length > 1 || scene.momentum,
    },
  };
}

interface Rest {
  readonly mode: "lines" | "markers" | "lines+markers";
  readonly name?: string;
  readonly text?: readonly string[];
  readonly hoverinfo: "text" | "skip";
  readonly showlegend: boolean;
  readonly legendgroup: string;
  readonly opacity?: number;
  readonly line?: { readonly color: string; readonly width: number };
  readonly marker?: Marker;
}

type Draw = (position: readonly Numbers[], rest: Rest) => Trace;

function tracesOf(scene: Scene, theme: PlotTheme, draw: Draw): readonly Trace[] {
  const range = colourRange(scene);
  const scale = scene.momentum ? arrowScale(scene.paths) : 0;
  const traces = scene.paths.flatMap((path, number) => {
    const end = endOf(path, scene.until);
    const strand: Strand = { path, place: scene.smooth ? path.smooth : path.position, end };
    const group = { legendgroup: path.run, showlegend: false };
    const colour = scene.colours.get(path.run) ?? theme.soft;
    const symbol = SYMBOLS[number % SYMBOLS.length] ?? "circle";
    return [
      draw(path.position, {
        ...group,
        mode: "lines",
        hoverinfo: "skip",
        opacity: 0.5,
        line: { color: theme.border, width: 1 },
      }),
      drawPath(strand, { scene, theme, range, colour, isFirst: number === 0 }, draw),
      ...(scale > 0 ? drawArrows(strand, scale, colour, draw) : []),
      drawEnds(strand, { colour, symbol }, draw),
    ];
  });
  return scale > 0 ? [...traces, arrowEntry(theme, draw)] : traces;
}

/** How many points of a path are drawn. */
export function endOf({ step }: Trajectory, until: number | null): number {
  if (until === null) return step.length;
  let end = 0;
  while (end < step.length && (step[end] ?? 0) <= until) end += 1;
  return end;
}

const columnOf = (path: Trajectory, colour: Colour): Float64Array | null => {
  if (colour === "run") return null;
  return colour === "curvature" ? logs(path.curvature) : path[colour];
};

// Turns differ by orders of magnitude, and a straight line has none.
const logs = (values: Float64Array): Float64Array =>
  values.map((value) => (value > 0 ? Math.log10(value) : Number.NaN));

/** Of all paths, so that a colour means the same in each. */
export function colourRange({
  paths,
  colour,
}: Pick<Scene, "paths" | "colour">): readonly [number, number] | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const path of paths) {
    for (const value of columnOf(path, colour) ?? []) {
      if (Number.isNaN(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return low <= high ? [low, high] : null;
}

/** A path as it is drawn: through its points, or without their noise, and as far as it is shown. */
export interface Strand {
  readonly path: Trajectory;
  readonly place: readonly Float64Array[];
  readonly end: number;
}

interface PathLook {
  readonly scene: Scene;
  readonly theme: PlotTheme;
  readonly range: readonly [number, number] | null;
  readonly colour: string;
  readonly isFirst: boolean;
}

function drawPath({ path, place, end }: Strand, look: PathLook, draw: Draw): Trace {
  const { scene, theme, range, colour, isFirst } = look;
  const column = columnOf(path, scene.colour)?.subarray(0, end) ?? null;
  const marker: Marker =
    column && range
      ? {
          size: 3.5,
          color: column,
          colorscale: theme.inked,
          cmin: range[0],
          cmax: range[1],
          showscale: isFirst,
          colorbar: colourBar(scene.colour, range),
        }
      : { size: 3, color: colour };
  return draw(
    place.map((one) => one.subarray(0, end)),
    {
      mode: "lines+markers",
      hoverinfo: "text",
      text: textsOf(path).slice(0, end),
      showlegend: false,
      legendgroup: path.run,
      line: { color: colour, width: 2 },
      marker,
    },
  );
}

function colourBar(colour: Colour, [low, high]: readonly [number, number]) {
  const base = { title: { text: colour === "run" ? "" : DYNAMICS[colour] }, thickness: 10, len: 0.7 };
  if (colour !== "curvature") return base;
  const whole = Array.from({ length: Math.floor(high) - Math.ceil(low) + 1 }, (_, i) => Math.ceil(low) + i);
  const tickvals = whole.length > 1 ? whole : [low, high];
  return { ...base, tickvals, ticktext: tickvals.map((power) => formatDigits(10 ** power, 2)) };
}

/** Says in the legend what arrows are; runs have them in their own colours. */
const arrowEntry = (theme: PlotTheme, draw: Draw): Trace =>
  draw([[Number.NaN], [Number.NaN], [Number.NaN]], {
    mode: "lines+markers",
    name: DYNAMICS.momentum,
    hoverinfo: "skip",
    showlegend: true,
    legendgroup: "",
    line: { color: theme.soft, width: 1.5 },
    marker: { size: 5, symbol: "diamond", color: theme.soft },
  });

function drawArrows(strand: Strand, scale: number, colour: string, draw: Draw): readonly Trace[] {
  const { shafts, tips } = arrowsOf(strand, scale);
  const rest = { hoverinfo: "skip", showlegend: false, legendgroup: strand.path.run } as const;
  return [
    draw(shafts, { ...rest, mode: "lines", line: { color: colour, width: 1.5 } }),
    draw(tips, { ...rest, mode: "markers", marker: { size: 3, symbol: "diamond", color: colour } }),
  ];
}

interface EndLook {
  readonly colour: string;
  readonly symbol: string;
}

/** A ring where it begins, and a mark of the run's own where it is by now. */
function drawEnds({ path, place, end }: Strand, { colour, symbol }: EndLook, draw: Draw): Trace {
  const rows = [0, Math.max(0, end - 1)];
  const texts = textsOf(path);
  return draw(
    place.map((one) => rows.map((row) => one[row] ?? Number.NaN)),
    {
      mode: "markers",
      name: path.run,
      hoverinfo: "text",
      text: rows.map((row) => texts[row] ?? ""),
      showlegend: true,
      legendgroup: path.run,
      marker: { size: 8, color: colour, symbol: ["circle-open", symbol] },
    },
  );
}

const known = new WeakMap<Trajectory, readonly string[]>();

/** What is read at each point; made once for each path. */
function textsOf(path: Trajectory): readonly string[] {
  const made = known.get(path) ?? Array.from(path.step, (_, row) => textAt(path, row));
  known.set(path, made);
  return made;
}

function textAt(path: Trajectory, row: number): string {
  const epoch = path.epoch ? formatDigits(path.epoch[row] ?? Number.NaN, 4) : null;
  const names = path.explained ? path.position.map((_, i) => DYNAMICS.componentShort(i + 1)) : path.tags;
  return [
    path.run,
    atPlace(formatInteger(path.step[row] ?? Number.NaN), epoch),
    ...names.map((name, i) => `${name}: ${formatValue(path.position[i]?.[row] ?? Number.NaN)}`),
  ].join("\n");
}
