import type { Convergence, Estimate } from "../../api/convergence.ts";
import { shortened } from "../../base/shortened.ts";
import { CONVERGENCE } from "../../base/words/convergence.ts";
import type { Figure, ScatterTrace, Shape, Trace } from "../plot/figure.ts";
import type { PlotTheme } from "../plot/theme.ts";

export interface Scene {
  readonly series: readonly Convergence[];
  readonly colours: ReadonlyMap<string, string>;
  readonly isLog: boolean;
}

const DASHES = ["solid", "dash", "dot", "dashdot"] as const;
// Fewer bins than these are seen as points.
const FEW_BINS = 60;
const LEGEND_CHARACTERS = 28;
// Of the height of all values and curves, above and below: however wide a band is.
const ROOM = 0.5;
const MARGIN = 0.05;
const BAND_OPACITY = "38";

/** Bins of each series, the curve through them with its band, and the marks of the first one. */
export function figureOf(scene: Scene, theme: PlotTheme): Figure {
  const { series, isLog } = scene;
  const [first] = series;
  const isLogUp = isLog && isPositive(series);
  const floor = isLogUp ? floorOf(series) : Number.NEGATIVE_INFINITY;
  const traces = series.flatMap((one, i) => {
    const colour = scene.colours.get(one.run) ?? theme.accent;
    return [
      ...bandOf(one, { colour, floor, isLog }),
      ...linesOf(one, colour, DASHES[i % DASHES.length] ?? "solid"),
    ];
  });
  return {
    traces: first ? [...traces, ...marksOf(first, theme)] : traces,
    layout: {
      xaxis: { title: { text: CONVERGENCE.step }, type: isLog ? "log" : "linear" },
      yaxis: {
        title: { text: first?.tag ?? "" },
        type: isLogUp ? "log" : "linear",
        ...heightOf(series, isLogUp),
      },
      showlegend: true,
      legend: { orientation: "h", x: 0, y: 1.12 },
      shapes: first ? shapesOf(first, theme, floor) : [],
      hovermode: "closest",
    },
  };
}

/** What values and curves take of the axis, and bands as far as there is room for them. */
function heightOf(
  series: readonly Convergence[],
  isLogUp: boolean,
): { readonly range?: readonly [number, number] } {
  const scale = (value: number) => (isLogUp ? Math.log10(value) : value);
  const ends = (names: readonly (keyof Convergence["columns"])[]): readonly [number, number] => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { columns } of series) {
      for (const name of names) {
        for (const value of columns[name]) {
          const at = scale(value);
          if (!Number.isFinite(at)) continue;
          [low, high] = [Math.min(low, at), Math.max(high, at)];
        }
      }
    }
    return [low, high];
  };
  const [low, high] = ends(["value", "curve"]);
  // Nothing to draw, or more than a double holds.
  if (!Number.isFinite(high - low)) return {};
  const height = high - low || Math.abs(high) || 1;
  const [under, above] = ends(["low", "high"]);
  const bottom = Math.max(Math.min(low, under), low - ROOM * height);
  const top = Math.min(Math.max(high, above), high + ROOM * height);
  return { range: [bottom - MARGIN * height, top + MARGIN * height] };
}

const isPositive = (series: readonly Convergence[]): boolean =>
  series.every(({ columns }) => columns.value.every((value) => !(value <= 0)));

/** A little below all that is drawn: a logarithmic axis never comes to zero, where a band may end. */
function floorOf(series: readonly Convergence[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { columns } of series) {
    for (const column of [columns.value, columns.curve]) {
      for (const value of column) if (value > 0 && value < least) least = value;
    }
  }
  return least / 2;
}

interface BandLook {
  readonly colour: string;
  /** No edge lies lower. */
  readonly floor: number;
  readonly isLog: boolean;
}

/** There and back along both edges of the band. */
function bandOf({ run, columns }: Convergence, { colour, floor, isLog }: BandLook): readonly Trace[] {
  const rows = Array.from(columns.step.keys()).filter(
    (row) => Number.isFinite(columns.low[row] ?? Number.NaN) && !(isLog && (columns.step[row] ?? 0) <= 0),
  );
  if (rows.length === 0) return [];
  const back = [...rows].reverse();
  const pick = (column: Float64Array, some: readonly number[]) => some.map((row) => column[row] ?? null);
  const edge = (column: Float64Array, some: readonly number[]) =>
    some.map((row) => Math.max(floor, column[row] ?? Number.NaN));
  return [
    {
      type: "scatter",
      mode: "lines",
      name: CONVERGENCE.band,
      legendgroup: run,
      showlegend: false,
      hoverinfo: "skip",
      x: pick(columns.step, [...rows, ...back]),
      y: [...edge(columns.high, rows), ...edge(columns.low, back)],
      fill: "toself",
      fillcolor:
        colour.startsWith("#") && colour.length === 7 ? `${colour}${BAND_OPACITY}` : "rgba(128,128,128,0.2)",
      line: { width: 0 },
    },
  ];
}

function linesOf(one: Convergence, colour: string, dash: (typeof DASHES)[number]): readonly Trace[] {
  const { columns, run, outlook } = one;
  const seen = columns.count.reduce((sum, count) => sum + Number(count > 0), 0);
  const name = shortened(run, LEGEND_CHARACTERS);
  const values: ScatterTrace = {
    type: "scatter",
    mode: seen > FEW_BINS ? "lines" : "markers",
    name,
    legendgroup: run,
    x: columns.step.subarray(0, seen),
    y: columns.value.subarray(0, seen),
    opacity: 0.75,
    line: { color: colour, width: 1 },
    marker: { color: colour, size: 5 },
    hoverinfo: "x+y+z+name",
  };
  if (outlook === null) return [values];
  return [
    // The curve has the dashes that tell runs apart without their colours.
    { ...values, showlegend: false },
    {
      type: "scatter",
      mode: "lines",
      name,
      legendgroup: run,
      x: columns.step,
      y: columns.curve,
      line: { color: colour, width: 2.5, dash },
      hoverinfo: "x+y+z+name",
    },
  ];
}

interface Mark {
  readonly name: string;
  readonly step: number;
  readonly value: number;
  readonly symbol: string;
}

/** Each mark has a form of its own, and its name in the legend. */
function marksOf(one: Convergence, theme: PlotTheme): readonly Trace[] {
  const all: readonly Mark[] = [
    { name: CONVERGENCE.best, step: one.bestStep, value: one.bestValue, symbol: "star" },
    at(one, CONVERGENCE.converged, one.outlook?.convergedStep.value ?? Number.NaN, "diamond"),
    at(one, CONVERGENCE.stop, one.stopStep, "x"),
  ];
  const end = Math.max(one.horizon, one.lastStep);
  return all
    .filter(({ step, value }) => Number.isFinite(step) && Number.isFinite(value) && step <= end)
    .map(({ name, step, value, symbol }) => ({
      type: "scatter",
      mode: "markers",
      name,
      x: [step],
      y: [value],
      hoverinfo: "all",
      marker: { symbol, size: 12, color: theme.text, line: { color: theme.background, width: 1.5 } },
    }));
}

/** On the curve, or else on the series, at the nearest step that is drawn. */
function at({ columns }: Convergence, name: string, step: number, symbol: string): Mark {
  const row = nearest(columns.step, step);
  const curve = columns.curve[row] ?? Number.NaN;
  return { name, step, value: Number.isFinite(curve) ? curve : (columns.value[row] ?? Number.NaN), symbol };
}

function nearest(steps: Float64Array, step: number): number {
  let best = 0;
  for (let row = 0; row < steps.length; row++) {
    if (Math.abs((steps[row] ?? 0) - step) < Math.abs((steps[best] ?? 0) - step)) best = row;
  }
  return best;
}

/** The plateau with its interval, and where the series ends. */
function shapesOf(
  { outlook, lastStep, horizon }: Convergence,
  theme: PlotTheme,
  floor: number,
): readonly Shape[] {
  const shapes: Shape[] = [];
  const across = { xref: "paper", x0: 0, x1: 1 } as const;
  const plateau: Estimate | undefined = outlook?.asymptote;
  if (plateau && Number.isFinite(plateau.value) && plateau.value > floor) {
    const line = { color: theme.soft, width: 1, dash: "dot" };
    shapes.push({ type: "line", ...across, y0: plateau.value, y1: plateau.value, line });
  }
  if (horizon > lastStep && outlook !== null) {
    const line = { color: theme.border, width: 1 };
    shapes.push({ type: "line", x0: lastStep, x1: lastStep, yref: "paper", y0: 0, y1: 1, line });
  }
  return shapes;
}
