import type { AttentionCurves, AttentionMaps } from "../../api/attention.ts";
import { formatDigits, formatPercent } from "../../base/format.ts";
import { ATTENTION } from "../../base/words/attention.ts";
import type { AxisLayout, Figure, Trace } from "../plot/figure.ts";
import type { PlotTheme } from "../plot/theme.ts";
import type { AttentionView } from "./settings.ts";

// More words along an axis stand in each other's way.
const MOST_WORDS = 40;
// More thin lines are one grey cloud, and slow.
const MOST_THIN_LINES = 400;

/** One head's map with the words along it. */
export function mapFigure(maps: AttentionMaps, theme: PlotTheme): Figure {
  const { rows, columns, weights } = maps;
  const grid = Array.from({ length: rows }, (_, row) => weights.subarray(row * columns, (row + 1) * columns));
  const keys = wordsAlong(maps.tokens, columns, maps.poolKeys);
  const queries = wordsAlong(maps.queryTokens, rows, maps.poolQueries);
  return {
    traces: [
      {
        type: "heatmap",
        z: grid,
        colorscale: theme.sequential,
        zmin: 0,
        text: grid.map((line, row) =>
          Array.from(line, (weight, column) => cellWords(queries[row], keys[column], weight)),
        ),
        hoverinfo: "text",
        hoverongaps: false,
        colorbar: { title: { text: ATTENTION.weight }, thickness: 12 },
      },
    ],
    layout: {
      xaxis: { ...axisOf(keys), title: { text: ATTENTION.key }, side: "bottom", constrain: "domain" },
      yaxis: { ...axisOf(queries), title: { text: ATTENTION.query }, autorange: "reversed" },
    },
  };
}

const cellWords = (query = "", key = "", weight = Number.NaN): string =>
  `${query} → ${key}\n${ATTENTION.weight} ${Number.isNaN(weight) ? "–" : formatDigits(weight, 4)}`;

/** A word for each row or column: of a block, its first and its last. */
export function wordsAlong(tokens: readonly string[], count: number, pool: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => {
    const [first, last] = [tokens[i * pool], tokens[(i + 1) * pool - 1] ?? tokens.at(-1)];
    if (first === undefined) return `${i * pool}`;
    return pool === 1 || last === undefined ? first : `${first} … ${last}`;
  });
}

function axisOf(words: readonly string[]): AxisLayout {
  const every = Math.ceil(words.length / MOST_WORDS);
  const shown = words.map((_, i) => i).filter((i) => i % every === 0);
  return {
    tickvals: shown,
    ticktext: shown.map((i) => words[i] ?? ""),
    showgrid: false,
    zeroline: false,
  };
}

type CurveView = Exclude<AttentionView, "maps">;

/** A measure over the steps: a thick line for each layer, a thin one for each head. */
export function curvesFigure(curves: AttentionCurves, view: CurveView, at: number, theme: PlotTheme): Figure {
  const { layers } = curves;
  const thick = Array.from({ length: layers }, (_, layer): Trace => {
    const values = ofLayer(curves, view, layer);
    return {
      type: "scatter",
      mode: curves.step.length === 1 ? "markers" : "lines",
      name: `${ATTENTION.layer} ${layer}`,
      x: curves.step,
      y: values,
      line: {
        color: layerColour(layer, layers, theme),
        width: 2.5,
        dash: DASHES[layer % DASHES.length] ?? "solid",
      },
      text: Array.from(values, (value, i) => pointWords(layer, curves.step[i], value, view)),
      hoverinfo: "text",
    };
  });
  return {
    traces: [...thinLines(curves, view, theme), ...thick],
    layout: {
      xaxis: { title: { text: ATTENTION.steps } },
      yaxis: { title: { text: AXES[view] }, ...(view === "entropy" ? { tickformat: ".0%" } : {}) },
      shapes: [
        {
          type: "line",
          x0: at,
          x1: at,
          y0: 0,
          y1: 1,
          yref: "paper",
          line: { color: theme.soft, width: 1, dash: "dot" },
        },
      ],
      showlegend: true,
    },
  };
}

const AXES: Readonly<Record<CurveView, string>> = {
  entropy: ATTENTION.entropyAxis,
  similarity: ATTENTION.similarityAxis,
  distance: ATTENTION.distanceAxis,
};

// Beside the colour: layers are told apart by who sees none, too.
const DASHES = ["solid", "dash", "dot", "dashdot"] as const;

function pointWords(layer: number, step: number | undefined, value: number, view: CurveView): string {
  const shown = view === "entropy" ? formatPercent(value) : formatDigits(value, 3);
  return `${ATTENTION.layer} ${layer}, ${ATTENTION.steps} ${step ?? ""}\n${ATTENTION.views[view]} ${shown}`;
}

/** One trace for each layer: its heads one behind the other, with a gap between. */
function thinLines(curves: AttentionCurves, view: CurveView, theme: PlotTheme): Trace[] {
  const { layers, heads, step } = curves;
  const values = view === "entropy" ? curves.entropyShare : view === "distance" ? curves.distance : null;
  if (values === null || heads < 2 || layers * heads > MOST_THIN_LINES) return [];
  return Array.from({ length: layers }, (_, layer) => {
    const [x, y]: [number[], (number | null)[]] = [[], []];
    for (let head = 0; head < heads; head++) {
      step.forEach((one, i) => {
        x.push(one);
        y.push(numberOrNull(values[i * layers * heads + layer * heads + head]));
      });
      x.push(step.at(-1) ?? 0);
      y.push(null);
    }
    return {
      type: "scatter",
      mode: "lines",
      x,
      y,
      opacity: 0.35,
      line: { color: layerColour(layer, layers, theme), width: 1 },
      showlegend: false,
      hoverinfo: "skip",
    };
  });
}

const numberOrNull = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;

/** A measure of one layer at each step: the mean of its heads. */
export function ofLayer(curves: AttentionCurves, view: CurveView, layer: number): Float64Array {
  const { layers, heads, step } = curves;
  return Float64Array.from(step, (_, i) => {
    if (view === "similarity") return curves.similarity[i * layers + layer] ?? Number.NaN;
    const values = view === "entropy" ? curves.entropyShare : curves.distance;
    const begin = (i * layers + layer) * heads;
    return meanOf(values.subarray(begin, begin + heads));
  });
}

/** Of what is a number; NaN where nothing is. */
export function meanOf(values: Iterable<number>): number {
  const known = Array.from(values).filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** From the first layer to the last. */
function layerColour(layer: number, layers: number, { inked, text }: PlotTheme): string {
  if (typeof inked === "string") return text;
  const at = layers < 2 ? 0 : layer / (layers - 1);
  const upper = inked.findIndex(([stop]) => stop >= at);
  const [[from, low], [to, high]] = [inked[Math.max(0, upper - 1)] ?? [0, text], inked[upper] ?? [1, text]];
  return mixed(low, high, to === from ? 0 : (at - from) / (to - from));
}

function mixed(low: string, high: string, share: number): string {
  const channels = (colour: string) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const [a, b] = [channels(low), channels(high)];
  return `rgb(${a.map((one, i) => Math.round(one * (1 - share) + (b[i] ?? 0) * share)).join(",")})`;
}
