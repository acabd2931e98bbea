import type { HyperParameter, Study } from "../../api/hyperparameters.ts";
import { formatPercent } from "../../base/format.ts";
import { HYPERPARAMETERS } from "../../base/words/hyperparameters.ts";
import type { Figure, Trace } from "../plot/figure.ts";
import type { PlotTheme } from "../plot/theme.ts";
import { numberScale, type Scale, scaleOf } from "./axis.ts";
import { rowsOf } from "./surface.ts";

/** More axes than these can't be told apart. */
const MOST_AXES = 10;
const BANDS = 5;

/** Those that matter most first. */
export const byImportance = ({ parameters }: Study): readonly HyperParameter[] =>
  [...parameters].sort((a, b) => (b.importance || 0) - (a.importance || 0));

interface Axis {
  readonly scale: Scale;
  readonly values: readonly number[];
}

/** An axis for each parameter, and the target at the end; a run without a number stands below all that have one. */
function axesOf(study: Study, rows: readonly number[]): { axes: readonly Axis[]; target: Axis } {
  const known = rows.map((row) => study.value[row] ?? Number.NaN);
  const scale = numberScale(study.tag, Math.min(...known), Math.max(...known), study.fit?.isLog ?? false);
  const axes = byImportance(study)
    .slice(0, MOST_AXES)
    .map((parameter) => {
      const own = scaleOf(parameter);
      const given = study.given.get(parameter.name) ?? [];
      const absent = own.range[0] - 0.1 * (own.range[1] - own.range[0]);
      const values = rows.map((row) => {
        const at = own.place(given[row] ?? null);
        return Number.isNaN(at) ? absent : at;
      });
      const range: [number, number] = values.includes(absent) ? [absent, own.range[1]] : [...own.range];
      return { scale: { ...own, range }, values };
    });
  return { axes, target: { scale, values: known.map((value) => scale.place(value)) } };
}

/** Each run as a line through all of its parameters, coloured by how well it did. */
export function parallelOf(study: Study, theme: PlotTheme): Figure {
  const { axes, target } = axesOf(study, rowsOf(study));
  return {
    traces: [
      {
        type: "parcoords",
        dimensions: [...axes, target].map(({ scale: { title, range, ticks }, values }) => ({
          label: title,
          values,
          range,
          ...ticks,
        })),
        line: {
          color: target.values,
          colorscale: theme.sequential,
          reversescale: study.polarity === "lower_is_better",
          showscale: true,
          colorbar: {
            title: { text: HYPERPARAMETERS.betterBright(study.tag), side: "right" },
            thickness: 10,
            ...target.scale.ticks,
          },
        },
      },
    ],
  };
}

/** The same without WebGL: lines over common axes, in a few colours from the best fifth to the worst. */
export function flatParallelOf(study: Study, theme: PlotTheme): Figure {
  const rows = rowsOf(study);
  const { axes, target } = axesOf(study, rows);
  const every = [...axes, target];
  const order = rows.map((_, i) => i).sort((a, b) => (target.values[a] ?? 0) - (target.values[b] ?? 0));
  if (study.polarity === "higher_is_better") order.reverse();
  const bandOf = new Map(order.map((i, rank) => [i, Math.floor((rank * BANDS) / rows.length)]));
  const share = ({ scale: { range }, values }: Axis, i: number) =>
    range[1] > range[0] ? ((values[i] ?? Number.NaN) - range[0]) / (range[1] - range[0]) : 0.5;
  const traces = Array.from({ length: BANDS }, (_, band): Trace => {
    const members = rows.map((_, i) => i).filter((i) => bandOf.get(i) === band);
    return {
      type: "scatter",
      mode: "lines",
      x: members.flatMap(() => [...every.map((_, at) => at), null]),
      y: members.flatMap((i) => [...every.map((axis) => share(axis, i)), null]),
      line: { color: bandColour(theme, band), width: band === 0 ? 2.5 : 1 },
      opacity: 1 - 0.15 * band,
      hoverinfo: "skip",
      showlegend: false,
    };
  });
  return {
    traces,
    layout: {
      xaxis: { tickvals: every.map((_, at) => at), ticktext: every.map(({ scale }) => scale.title) },
      yaxis: { showticklabels: false, range: [-0.05, 1.05] },
    },
  };
}

function bandColour({ inked, text }: PlotTheme, band: number): string {
  if (typeof inked === "string") return text;
  const stop = inked[inked.length - 1 - Math.round((band * (inked.length - 1)) / (BANDS - 1))];
  return stop?.[1] ?? text;
}

/** How much of the differences each parameter makes, the most important one at the top. */
export function importanceOf(study: Study, theme: PlotTheme): Figure {
  const shown = byImportance(study).slice(0, 2 * MOST_AXES);
  const bars = [
    ...shown.map(({ name, importance, spread }) => ({ name, importance, spread })),
    { name: HYPERPARAMETERS.together, importance: study.together, spread: Number.NaN },
  ].reverse();
  return {
    traces: [
      {
        type: "bar",
        orientation: "h",
        x: bars.map(({ importance }) => importance),
        y: bars.map((_, at) => at),
        text: bars.map(({ name, importance }) => `${name}: ${formatPercent(importance)}`),
        textposition: "none",
        hoverinfo: "text",
        marker: { color: bars.map((_, at) => (at === 0 ? theme.soft : theme.accent)) },
        error_x: {
          type: "data",
          array: bars.map(({ spread }) => (Number.isNaN(spread) ? null : spread)),
          color: theme.text,
          thickness: 1,
          width: 3,
        },
      },
    ],
    layout: {
      xaxis: { title: { text: HYPERPARAMETERS.share }, tickformat: ".0%", range: [0, 1] },
      yaxis: { tickvals: bars.map((_, at) => at), ticktext: bars.map(({ name }) => name) },
      bargap: 0.35,
    },
  };
}
