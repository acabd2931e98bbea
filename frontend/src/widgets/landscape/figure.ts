import type { Landscape } from "../../api/landscape.ts";
import { formatInteger, formatPercent, formatValue } from "../../base/format.ts";
import { shortened } from "../../base/shortened.ts";
import { LANDSCAPE } from "../../base/words/landscape.ts";
import { HOME, turned } from "../plot/camera.ts";
import type { AxisLayout, Figure, FigureLayout, Scene, Trace } from "../plot/figure.ts";
import type { PlotTheme } from "../plot/theme.ts";
import { APART, type Cell, cellsOf, TOUCHING } from "./cells.ts";
import { gridOf, type Heights, heightAt, lossTicksOf, nearestToZero, profileOf } from "./grid.ts";

export interface Sight {
  readonly landscapes: readonly Landscape[];
  readonly heights: Heights;
  readonly colours: ReadonlyMap<string, string>;
  /** Place along the third direction; null: of the weights. */
  readonly depth: number | null;
  /** Side by side, at most so many. */
  readonly columns: number;
}

/** What is written along each direction. */
export function axisName({ directions, explained }: Landscape, direction: number): string {
  const kind = (["random", "pca", "hessian"] as const).find((one) => one === directions) ?? "given";
  const name = LANDSCAPE.axisNames[kind](direction + 1);
  const share = explained[direction];
  return share === undefined ? name : LANDSCAPE.withShare(name, formatPercent(share));
}

// Room for the contours below the surface, as a share of its height.
const BENEATH = 0.35;
// Lines that lie in a surface are hidden by it here and there.
const LIFT = 0.012;

interface Drawn {
  readonly landscape: Landscape;
  readonly rows: readonly Float64Array[];
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly number: number;
}

function drawnOf({ landscapes, heights, depth }: Sight): readonly Drawn[] {
  return landscapes.map((landscape, number) => {
    const [x = new Float64Array(), y = new Float64Array(), layers] = landscape.axes;
    return { landscape, x, y, number, rows: gridOf(landscape, heights, depth ?? nearestToZero(layers)) };
  });
}

// Scenes beside each other are narrow: seen from farther away, they fit.
const FARTHER = 1.4;

const cameraOf = (count: number) => (count > 1 ? { camera: turned(HOME, { distance: FARTHER }) } : {});

const numbered = (name: string, number: number) => (number === 0 ? name : `${name}${number + 1}`);

/** Surfaces with their contours beneath, each in a scene of its own. */
export function surfacesOf(sight: Sight, theme: PlotTheme): Figure {
  const cells = cellsOf(sight.landscapes.length, sight.columns, TOUCHING);
  const drawn = drawnOf(sight);
  const scenes = drawn.map((one, i) => [
    numbered("scene", i),
    { ...sceneOf(one, sight.heights, cells[i]), ...cameraOf(drawn.length) },
  ]);
  return {
    traces: drawn.flatMap((one) => [
      surfaceOf(one, sight.heights, theme),
      ...marksInSpace(one, sight.heights, theme),
    ]),
    layout: { ...Object.fromEntries(scenes), ...namesOver(sight, cells), showlegend: false } as FigureLayout,
  };
}

function surfaceOf({ x, y, rows, number }: Drawn, heights: Heights, theme: PlotTheme): Trace {
  const [cmin, cmax] = heights.range;
  const level = (cmax - cmin) / 14;
  return {
    type: "surface",
    x,
    y,
    z: rows,
    cmin,
    cmax,
    colorscale: theme.sequential,
    showscale: number === 0,
    colorbar: barOf(heights),
    hoverinfo: "text",
    text: rows.map((row) => Array.from(row, (height) => `${LANDSCAPE.loss} ${lossText(height, heights)}`)),
    contours: {
      z: { show: true, usecolormap: true, start: cmin, end: cmax, size: level, project: { z: true } },
    },
    lighting: { ambient: 0.75, diffuse: 0.6, specular: 0.08, roughness: 0.9 },
    scene: numbered("scene", number),
  };
}

const lossText = (height: number, { scale }: Heights): string =>
  formatValue(scale === "log" ? 10 ** height : height);

const barOf = ({ tickvals, ticktext }: Heights) => ({
  title: { text: LANDSCAPE.loss },
  tickvals,
  ticktext,
  thickness: 10,
  len: 0.7,
});

function sceneOf({ landscape }: Drawn, heights: Heights, cell: Cell | undefined): Scene {
  const [low, high] = heights.range;
  return {
    xaxis: { title: { text: axisName(landscape, 0) } },
    yaxis: { title: { text: axisName(landscape, 1) } },
    zaxis: {
      title: { text: LANDSCAPE.loss },
      range: [low - BENEATH * (high - low), high],
      tickvals: heights.tickvals,
      ticktext: heights.ticktext,
    },
    ...(cell ? { domain: cell } : {}),
  };
}

/** The training's path, the weights and the lowest point, on the surface. */
function marksInSpace(one: Drawn, heights: Heights, theme: PlotTheme): readonly Trace[] {
  const lift = LIFT * (heights.range[1] - heights.range[0]);
  const scene = numbered("scene", one.number);
  return marksOf(one).map(({ x, y, look, text, name }) => ({
    type: "scatter3d",
    x,
    y,
    z: x.map((px, i) => heightAt(one.x, one.y, one.rows, [px, y[i] ?? Number.NaN]) + lift),
    name,
    text,
    hoverinfo: "text",
    scene,
    ...LOOKS[look](theme),
  }));
}

/** The same from above. */
export function contoursOf(sight: Sight, theme: PlotTheme): Figure {
  const cells = cellsOf(sight.landscapes.length, sight.columns, APART);
  const drawn = drawnOf(sight);
  const axes = drawn.flatMap(({ landscape, number }) => {
    const cell = cells[number] ?? { x: [0, 1], y: [0, 1] };
    return [
      [numbered("xaxis", number), flatAxis(landscape, 0, cell.x, numbered("y", number))],
      [numbered("yaxis", number), flatAxis(landscape, 1, cell.y, numbered("x", number))],
    ];
  });
  return {
    traces: drawn.flatMap((one) => [contourOf(one, sight.heights, theme), ...marksFromAbove(one, theme)]),
    layout: {
      ...Object.fromEntries(axes),
      ...namesOver(sight, cells, "bottom"),
      showlegend: false,
    } as FigureLayout,
  };
}

const flatAxis = (
  landscape: Landscape,
  direction: number,
  domain: readonly [number, number],
  anchor: string,
): AxisLayout => ({ title: { text: axisName(landscape, direction) }, domain, anchor, zeroline: false });

function contourOf({ x, y, rows, number }: Drawn, heights: Heights, theme: PlotTheme): Trace {
  const [low, high] = heights.range;
  return {
    type: "contour",
    x,
    y,
    z: rows,
    zmin: low,
    zmax: high,
    colorscale: theme.sequential,
    showscale: number === 0,
    colorbar: barOf(heights),
    contours: { coloring: "heatmap", start: low, end: high, size: (high - low) / 14 },
    line: { width: 0.6, color: theme.background },
    hoverinfo: "text",
    text: rows.map((row) => Array.from(row, (height) => `${LANDSCAPE.loss} ${lossText(height, heights)}`)),
    xaxis: numbered("x", number),
    yaxis: numbered("y", number),
  };
}

const marksFromAbove = (one: Drawn, theme: PlotTheme): readonly Trace[] =>
  marksOf(one).map(({ x, y, look, text, name }) => ({
    type: "scatter",
    x,
    y,
    name,
    text,
    hoverinfo: "text",
    xaxis: numbered("x", one.number),
    yaxis: numbered("y", one.number),
    ...LOOKS[look](theme),
  }));

// Stands out from all of the surface's colours, which are the same on light and dark.
const PATH = "#f0340b";

const LOOKS = {
  path: (_: PlotTheme) => ({
    mode: "lines+markers" as const,
    line: { color: PATH, width: 3 },
    marker: { color: PATH, size: 4 },
  }),
  centre: (_: PlotTheme) => ({
    mode: "markers" as const,
    marker: { color: "#ffffff", size: 7, symbol: "circle", line: { color: "#000000", width: 2 } },
  }),
  minimum: (_: PlotTheme) => ({
    mode: "markers" as const,
    marker: { color: "#111111", size: 6, symbol: "diamond", line: { color: "#ffffff", width: 1 } },
  }),
};

interface Mark {
  readonly look: keyof typeof LOOKS;
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly text: readonly string[];
}

function marksOf({ landscape }: Drawn): readonly Mark[] {
  const { checkpoints, minimumAt, minimum, centreLoss } = landscape;
  const [mx, my] = minimumAt;
  return [
    ...(checkpoints ? [pathMark(checkpoints)] : []),
    {
      look: "centre" as const,
      name: LANDSCAPE.centre,
      x: [0],
      y: [0],
      text: [`${LANDSCAPE.centre}\n${LANDSCAPE.loss} ${formatValue(centreLoss)}`],
    },
    ...(mx === undefined || my === undefined
      ? []
      : [
          {
            look: "minimum" as const,
            name: LANDSCAPE.minimum,
            x: [mx],
            y: [my],
            text: [`${LANDSCAPE.minimum}\n${LANDSCAPE.loss} ${formatValue(minimum)}`],
          },
        ]),
  ];
}

const pathMark = ({ at, step, loss }: NonNullable<Landscape["checkpoints"]>): Mark => ({
  look: "path",
  name: LANDSCAPE.path,
  x: Array.from(at[0] ?? []),
  y: Array.from(at[1] ?? []),
  text: Array.from(step, (one, i) =>
    LANDSCAPE.checkpoint(formatInteger(one), formatValue(loss[i] ?? Number.NaN)),
  ),
});

/** Whose each is, where there are several. */
function namesOver(
  { landscapes }: Sight,
  cells: readonly Cell[],
  yanchor: "top" | "bottom" = "top",
): FigureLayout {
  if (landscapes.length < 2) return {};
  return {
    ...(yanchor === "bottom" ? { margin: { t: 28 } } : {}),
    annotations: landscapes.map(({ run, step }, i) => ({
      text: `${shortened(run)} · ${LANDSCAPE.step.toLowerCase()} ${formatInteger(step)}`,
      x: ((cells[i]?.x[0] ?? 0) + (cells[i]?.x[1] ?? 1)) / 2,
      y: cells[i]?.y[1] ?? 1,
      xref: "paper",
      yref: "paper",
      xanchor: "center",
      yanchor,
      showarrow: false,
    })),
  };
}

const DASHES = ["solid", "dash", "dot"] as const;

/** The loss along each direction through the weights, all runs in one picture. */
export function profilesOf({ landscapes, heights, colours }: Sight, theme: PlotTheme): Figure {
  const profiles = landscapes.flatMap((one) => one.axes.map((_, direction) => profileOf(one, direction)));
  return {
    traces: landscapes.flatMap((landscape) =>
      landscape.axes.map((axis, direction) => ({
        type: "scatter" as const,
        mode: "lines" as const,
        x: axis,
        y: profileOf(landscape, direction),
        name: `${landscape.run}, ${axisName(landscape, direction)}`,
        line: {
          color: colours.get(landscape.run) ?? theme.accent,
          width: 2,
          dash: DASHES[direction] ?? ("solid" as const),
        },
      })),
    ),
    layout: {
      xaxis: { title: { text: LANDSCAPE.along } },
      yaxis: {
        title: { text: LANDSCAPE.loss },
        type: heights.scale,
        ...lossTicksOf(profiles, heights),
      },
      showlegend: true,
    },
  };
}

// More points take the browser seconds.
const MOST_ALONG = 25;

/** Shells of equal loss in three directions. */
export function shellsOf(sight: Sight, theme: PlotTheme): Figure {
  const cells = cellsOf(sight.landscapes.length, sight.columns, TOUCHING);
  const { heights } = sight;
  const [low, high] = heights.range;
  const span = high - low;
  const scenes = sight.landscapes.map((landscape, i) => {
    const [xaxis, yaxis, zaxis] = [0, 1, 2].map((one) => ({ title: { text: axisName(landscape, one) } }));
    const where = cells[i] ? { domain: cells[i] } : {};
    return [numbered("scene", i), { xaxis, yaxis, zaxis, ...where, ...cameraOf(cells.length) }];
  });
  return {
    traces: sight.landscapes.map((landscape, number) => ({
      type: "isosurface" as const,
      ...coarse(landscape, heights),
      isomin: low + 0.08 * span,
      isomax: low + 0.6 * span,
      cmin: low,
      cmax: high,
      surface: { count: 4 },
      caps: { x: { show: false }, y: { show: false }, z: { show: false } },
      opacity: 0.45,
      colorscale: theme.sequential,
      showscale: number === 0,
      colorbar: barOf(heights),
      hoverinfo: "skip" as const,
      scene: numbered("scene", number),
    })),
    layout: { ...Object.fromEntries(scenes), ...namesOver(sight, cells) } as FigureLayout,
  };
}

function coarse({ axes, loss }: Landscape, heights: Heights) {
  const [first = new Float64Array(), second = new Float64Array(), third = new Float64Array()] = axes;
  const picks = axes.map(({ length }) => {
    const every = Math.max(1, Math.ceil((length - 1) / (MOST_ALONG - 1)));
    return Array.from({ length: Math.floor((length - 1) / every) + 1 }, (_, i) => i * every);
  });
  const [is = [], js = [], ks = []] = picks;
  const places = is.flatMap((i) => js.flatMap((j) => ks.map((k) => [i, j, k] as const)));
  return {
    x: Float64Array.from(places, ([i]) => first[i] ?? 0),
    y: Float64Array.from(places, ([, j]) => second[j] ?? 0),
    z: Float64Array.from(places, ([, , k]) => third[k] ?? 0),
    value: Float64Array.from(places, ([i, j, k]) =>
      // Where it is not known there is no shell: one gap would take all of them away.
      finiteOr(heights.of(loss[(i * second.length + j) * third.length + k] ?? Number.NaN), heights.range[1]),
    ),
  };
}

const finiteOr = (value: number, other: number): number => (Number.isFinite(value) ? value : other);
