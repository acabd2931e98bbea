import type { ArgumentValue, NextRun, Study, SurfaceFit } from "../../api/hyperparameters.ts";
import { formatDigits } from "../../base/format.ts";
import { HYPERPARAMETERS, runWords } from "../../base/words/hyperparameters.ts";
import type { AxisLayout, ColourScale, Figure, Marker, Numbers, Trace } from "../plot/figure.ts";
import type { PlotTheme } from "../plot/theme.ts";
import { numberScale, type Scale, scaleOf } from "./axis.ts";

/** The first trace of each figure is of these rows: who clicks a point of it means that run. */
export const rowsOf = (study: Study): readonly number[] => rowsIn(study, "fitted");

const rowsIn = (study: Study, state: string): readonly number[] =>
  study.run.map((_, row) => row).filter((row) => study.state[row] === state);

interface Drawn {
  readonly study: Study;
  readonly fit: SurfaceFit;
  readonly theme: PlotTheme;
  readonly x: Scale;
  readonly y: Scale | null;
  readonly target: Scale;
  readonly focus: string | null;
}

function drawnOf(study: Study, fit: SurfaceFit, theme: PlotTheme, focus: string | null): Drawn {
  const named = (name: string | null) => study.parameters.find((one) => one.name === name);
  const [x, y] = [named(fit.x), named(fit.y)];
  const known = rowsOf(study).map((row) => study.value[row] ?? Number.NaN);
  return {
    study,
    fit,
    theme,
    focus,
    x: x ? scaleOf(x) : numberScale(fit.x, 0, 1, false),
    y: y ? scaleOf(y) : null,
    target: numberScale(study.tag, Math.min(...known), Math.max(...known), fit.isLog),
  };
}

const axisOf = ({ title, ticks }: Scale): AxisLayout => ({ title: { text: title }, ...ticks });

const column = (drawn: Drawn, name: string | null, scale: Scale, rows: readonly number[]): Numbers => {
  const values = name === null ? [] : (drawn.study.given.get(name) ?? []);
  return rows.map((row) => scale.place(values[row] ?? null));
};

const places = (values: readonly ArgumentValue[], scale: Scale): Numbers =>
  Float64Array.from(values, (value) => scale.place(value));

const heights = (grid: SurfaceFit["mean"], target: Scale): readonly Float64Array[] =>
  grid.map((row) => Float64Array.from(row, (value) => target.place(value)));

const targets = ({ study, target }: Drawn, rows: readonly number[]): Numbers =>
  rows.map((row) => target.place(study.value[row] ?? Number.NaN));

const texts = ({ study }: Drawn, rows: readonly number[]): readonly string[] =>
  rows.map((row) => {
    const given = [...study.given].map(([name, values]) => `${name} ${shown(values[row] ?? null)}`);
    return [runWords(study.run[row] ?? "", shown(study.value[row] ?? Number.NaN)), ...given.slice(0, 8)].join(
      "\n",
    );
  });

export const shown = (value: ArgumentValue): string => {
  if (value === null) return HYPERPARAMETERS.absent;
  if (typeof value !== "number") return String(value);
  return Number.isNaN(value) ? "–" : formatDigits(value, 4);
};

/** What is better is brighter, whichever way that is. */
const better = ({ study, theme }: Drawn) => ({
  colorscale: theme.sequential,
  reversescale: study.polarity === "lower_is_better",
});

const bar = ({ target, study }: Drawn) => ({
  title: { text: HYPERPARAMETERS.betterBright(study.tag), side: "right" as const },
  thickness: 10,
  len: 0.7,
  ...target.ticks,
});

const marksOf = ({ theme, study, focus }: Drawn, rows: readonly number[], size: number): Marker => ({
  size: rows.map((row) => (study.run[row] === focus ? 1.8 * size : size)),
  color: theme.isDark ? "#ffffff" : "#1b2130",
  line: { color: theme.background, width: 1 },
});

interface Spot {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly text: string;
  readonly symbol: string;
  readonly color: string;
}

/** The best run so far, and where to look next. */
function spotsOf(drawn: Drawn): readonly Spot[] {
  const { study, fit, theme, target } = drawn;
  const [suggestion] = study.next;
  const row = study.run.indexOf(study.best ?? "");
  const placed = (pick: (name: string) => ArgumentValue) => ({
    x: drawn.x.place(pick(fit.x)),
    y: drawn.y && fit.y !== null ? drawn.y.place(pick(fit.y)) : Number.NaN,
  });
  const best = {
    name: HYPERPARAMETERS.best,
    ...placed((name) => study.given.get(name)?.[row] ?? null),
    z: target.place(study.value[row] ?? Number.NaN),
    text: texts(drawn, [row])[0] ?? "",
    symbol: "diamond",
    color: theme.better,
  };
  return suggestion ? [best, spotOf(drawn, suggestion, placed)] : [best];
}

const spotOf = (
  { theme, target }: Drawn,
  next: NextRun,
  placed: (pick: (name: string) => ArgumentValue) => { readonly x: number; readonly y: number },
): Spot => ({
  name: HYPERPARAMETERS.next,
  ...placed((name) => next.values[name] ?? null),
  z: target.place(next.mean),
  text: `${HYPERPARAMETERS.next}: ${formatDigits(next.mean, 4)}`,
  symbol: "cross",
  color: theme.accent,
});

/** The surface in three dimensions; of one parameter a line with its band. */
export function surfaceOf(
  study: Study,
  fit: SurfaceFit,
  look: { readonly uncertainty: boolean; readonly focus: string | null },
  theme: PlotTheme,
): Figure {
  const drawn = drawnOf(study, fit, theme, look.focus);
  const { x, y, target } = drawn;
  if (y === null) return lineOf(drawn);
  const rows = rowsOf(study);
  const at = { x: places(fit.xValues, x), y: places(fit.yValues, y) };
  const sheet = (grid: SurfaceFit["mean"], opacity: number, showscale: boolean): Trace => ({
    type: "surface",
    ...at,
    z: heights(grid, target),
    opacity,
    showscale,
    // Heights may be logarithms: what is read is the number itself.
    text: expectations(fit, grid, study.tag),
    hoverinfo: "text",
    showlegend: false,
    ...better(drawn),
    colorbar: bar(drawn),
  });
  const runs: Trace = {
    type: "scatter3d",
    mode: "markers",
    name: HYPERPARAMETERS.runs,
    x: column(drawn, fit.x, x, rows),
    y: column(drawn, fit.y, y, rows),
    z: targets(drawn, rows),
    text: texts(drawn, rows),
    hoverinfo: "text",
    marker: marksOf(drawn, rows, 9),
  };
  const unsure = look.uncertainty ? [sheet(fit.low, 0.3, false), sheet(fit.high, 0.3, false)] : [];
  return {
    traces: [runs, ...spotsOf(drawn).map(spatialSpot(theme)), sheet(fit.mean, 0.85, true), ...unsure],
    layout: { scene: { xaxis: axisOf(x), yaxis: axisOf(y), zaxis: axisOf(target) }, showlegend: true },
  };
}

/** What the pointer reads on a sheet: both parameters, and the target there. */
const expectations = (
  { x, y, xValues, yValues }: SurfaceFit,
  grid: SurfaceFit["mean"],
  tag: string,
): readonly (readonly string[])[] =>
  grid.map((row, i) =>
    row.map((value, j) =>
      [
        `${x}: ${shown(xValues[j] ?? null)}`,
        `${y}: ${shown(yValues[i] ?? null)}`,
        `${tag}: ${shown(value)}`,
      ].join("\n"),
    ),
  );

const spatialSpot =
  (theme: PlotTheme) =>
  ({ name, text, symbol, color, x, y, z }: Spot): Trace => ({
    type: "scatter3d",
    mode: "markers",
    name,
    x: [x],
    y: [y],
    z: [z],
    text: [text],
    hoverinfo: "text",
    marker: { size: 10, symbol, color, line: { color: theme.text, width: 2 } },
  });

/** The same from above, with the runs that diverged; of what is unsure where that is asked for. */
export function mapOf(
  study: Study,
  fit: SurfaceFit,
  look: { readonly uncertainty: boolean; readonly focus: string | null },
  theme: PlotTheme,
): Figure {
  const drawn = drawnOf(study, fit, theme, look.focus);
  const { x, y, target } = drawn;
  if (y === null) return lineOf(drawn);
  const half = fit.high.map((row, i) =>
    row.map((value, j) => (target.place(value) - target.place(fit.low[i]?.[j] ?? Number.NaN)) / 2),
  );
  const colours = look.uncertainty
    ? {
        colorscale: theme.sequential as ColourScale,
        colorbar: { title: { text: HYPERPARAMETERS.uncertainty } },
      }
    : { ...better(drawn), colorbar: bar(drawn) };
  const marks = (rows: readonly number[], name: string, marker: Marker): Trace => ({
    type: "scatter",
    mode: "markers",
    name,
    x: column(drawn, fit.x, x, rows),
    y: column(drawn, fit.y, y, rows),
    text: texts(drawn, rows),
    hoverinfo: "text",
    marker,
  });
  const [rows, diverged] = [rowsOf(study), rowsIn(study, "diverged")];
  return {
    traces: [
      marks(rows, HYPERPARAMETERS.runs, marksOf(drawn, rows, 7)),
      ...(diverged.length > 0
        ? [marks(diverged, HYPERPARAMETERS.diverged, { size: 9, symbol: "x", color: theme.worse })]
        : []),
      ...spotsOf(drawn).map(flatSpot(theme)),
      {
        type: "contour",
        x: places(fit.xValues, x),
        y: places(fit.yValues, y),
        z: look.uncertainty ? half : heights(fit.mean, target),
        hoverinfo: "skip",
        contours: { coloring: "heatmap", showlines: true },
        line: { color: theme.isDark ? "#00000066" : "#ffffff88", width: 1 },
        ...colours,
      },
    ],
    layout: { xaxis: axisOf(x), yaxis: axisOf(y), showlegend: true },
  };
}

const flatSpot =
  (theme: PlotTheme) =>
  ({ name, x, y, text, symbol, color }: Spot): Trace => ({
    type: "scatter",
    mode: "markers",
    name,
    x: [x],
    y: [y],
    text: [text],
    hoverinfo: "text",
    marker: { size: 15, symbol, color, line: { color: theme.background, width: 2 } },
  });

/** One parameter: the runs, the line and its band. */
function lineOf(drawn: Drawn): Figure {
  const { study, fit, theme, x, target } = drawn;
  const rows = rowsOf(study);
  const at = places(fit.xValues, x);
  const line = (grid: SurfaceFit["mean"]) => heights(grid, target)[0] ?? [];
  const edge = { type: "scatter", mode: "lines", x: at, hoverinfo: "skip", showlegend: false } as const;
  return {
    traces: [
      {
        type: "scatter",
        mode: "markers",
        name: HYPERPARAMETERS.runs,
        x: column(drawn, fit.x, x, rows),
        y: targets(drawn, rows),
        text: texts(drawn, rows),
        hoverinfo: "text",
        marker: marksOf(drawn, rows, 7),
      },
      ...spotsOf(drawn).map((spot) => flatSpot(theme)({ ...spot, y: spot.z })),
      { ...edge, y: line(fit.low), line: { color: theme.border, width: 1 } },
      {
        ...edge,
        y: line(fit.high),
        line: { color: theme.border, width: 1 },
        fill: "tonexty",
        fillcolor: theme.isDark ? "#8ab0ff33" : "#2459c922",
      },
      { ...edge, y: line(fit.mean), line: { color: theme.accent, width: 2 } },
    ],
    layout: { xaxis: axisOf(x), yaxis: axisOf(target), showlegend: true },
  };
}
