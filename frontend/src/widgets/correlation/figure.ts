import type { Correlations, PairPoints } from "../../api/correlation.ts";
import { formatDigits, formatInteger } from "../../base/format.ts";
import { shortened } from "../../base/shortened.ts";
import { axisTitle, CORRELATION, movesOf, numbersOf, slopeWords } from "../../base/words/correlation.ts";
import type { Figure, ScatterTrace } from "../plot/figure.ts";
import type { PlotTheme } from "../plot/theme.ts";
import { at, isBeyondChance, namesOf, type Pair } from "./model.ts";

export interface Heat {
  readonly found: Correlations;
  /** Of a cell. */
  readonly cellPx: number;
  readonly significantOnly: boolean;
}

const LEAST_PX_OF_NUMBERS = 36;
const LEAST_PX_OF_MARKS = 9;
// Each mark is an element of its own.
const MOST_MARKED = 60;
const LABEL_CHARACTERS = 26;

/** The matrix in the order in which what is alike stands together. */
export function heatOf({ found, cellPx, significantOnly }: Heat, theme: PlotTheme): Figure {
  const { order } = found;
  const isEmpty = (pair: Pair) =>
    pair.first !== pair.second && significantOnly && !isBeyondChance(found, pair);
  const cells = order.map((first) => order.map((second) => ({ first, second })));
  const names = namesOf(found.series);
  const ticks = {
    tickvals: order.map((_, i) => i),
    ticktext: order.map((row) => shortened(names[row] ?? "", LABEL_CHARACTERS)),
  };
  const hasNumbers = cellPx >= LEAST_PX_OF_NUMBERS;
  const hasMarks = cellPx >= LEAST_PX_OF_MARKS && order.length <= MOST_MARKED;
  const axis = { ...ticks, showgrid: false, zeroline: false, automargin: true };
  const ends = [-0.5, order.length - 0.5] as const;
  return {
    traces: [
      {
        type: "heatmap",
        z: cells.map((row) => row.map((pair) => (isEmpty(pair) ? null : finite(at(found, "value", pair))))),
        zmin: -1,
        zmax: 1,
        colorscale: theme.diverging,
        colorbar: {
          title: { text: CORRELATION.coefficient },
          thickness: 10,
          tickvals: [-1, -0.5, 0, 0.5, 1],
        },
        hovertext: cells.map((row) => row.map((pair) => tip(found, names, pair))),
        hoverinfo: "text",
        ...(hasMarks && {
          text: cells.map((row) => row.map((pair) => (isEmpty(pair) ? "" : mark(found, pair, hasNumbers)))),
          texttemplate: "%{text}",
          textfont: { size: 11 },
        }),
        xgap: 1,
        ygap: 1,
        hoverongaps: false,
      },
    ],
    layout: {
      xaxis: { ...axis, tickangle: -45, range: ends },
      yaxis: { ...axis, range: [ends[1], ends[0]] },
      margin: { l: 20, r: 10, t: 10, b: 20 },
    },
  };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** The coefficient, and a star where it is beyond chance, which needs no colour. */
function mark(found: Correlations, pair: Pair, hasNumber: boolean): string {
  const value = at(found, "value", pair);
  const star = isBeyondChance(found, pair) ? "*" : "";
  if (!hasNumber) return star;
  return Number.isNaN(value) ? "–" : `${value.toFixed(2).replace("-", "−")}${star}`;
}

function tip(found: Correlations, names: readonly string[], pair: Pair): string {
  const { first, second } = pair;
  if (first === second) return names[first] ?? "";
  return [`${names[first]} · ${names[second]}`, moves(found, pair), numbers(found, pair)]
    .filter((line) => line !== "")
    .join("\n");
}

export const moves = (found: Correlations, pair: Pair): string =>
  movesOf({
    value: at(found, "value", pair),
    isBeyondChance: isBeyondChance(found, pair),
    lag: at(found, "lag", pair),
    extremeShare: at(found, "extreme_share", pair),
  });

export function numbers(found: Correlations, pair: Pair): string {
  const value = at(found, "value", pair);
  if (Number.isNaN(value)) return "";
  const [points, effective] = [at(found, "points", pair), at(found, "effective_points", pair)];
  return numbersOf(
    value.toFixed(2).replace("-", "−"),
    chance(at(found, "p_bh", pair)),
    formatInteger(points),
    formatInteger(effective),
  );
}

const chance = (p: number): string => (p < 0.001 ? "< 0.001" : `= ${formatDigits(p, 2)}`);

/** One series against another, coloured by step, and the line through all points. */
export function scatterOf(pair: PairPoints, theme: PlotTheme): Figure {
  const [first = "", second = ""] = namesOf(pair.series);
  const { x, y, step, slope, intercept } = pair;
  const ends = [x.reduce((a, b) => Math.min(a, b), Infinity), x.reduce((a, b) => Math.max(a, b), -Infinity)];
  const points: ScatterTrace = {
    type: "scatter",
    mode: "markers",
    x,
    y,
    text: Array.from(step, (one) => `${CORRELATION.step} ${formatInteger(one)}`),
    hoverinfo: "x+y+z",
    showlegend: false,
    opacity: 0.7,
    marker: {
      size: x.length > 500 ? 3.5 : 6,
      color: step,
      colorscale: theme.inked,
      showscale: true,
      colorbar: { title: { text: CORRELATION.step }, thickness: 10 },
    },
  };
  const line: ScatterTrace = {
    type: "scatter",
    mode: "lines",
    name: slopeWords(formatDigits(slope, 3)),
    x: ends,
    y: ends.map((end) => slope * end + intercept),
    line: { color: theme.text, width: 1.5, dash: "dash" },
    hoverinfo: "name",
  };
  return {
    traces: Number.isFinite(slope) && x.length > 1 ? [points, line] : [points],
    layout: {
      xaxis: { title: { text: axisTitle(pair.of, first, 0) } },
      yaxis: { title: { text: axisTitle(pair.of, second, pair.lag) } },
      showlegend: false,
    },
  };
}
