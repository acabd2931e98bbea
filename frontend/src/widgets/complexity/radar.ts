import type { Model } from "../../api/complexity.ts";
import { axisWords, COST_WORDS, narrowWords } from "../../base/words/complexity.ts";
import type { Figure, Trace } from "../plot/figure.ts";
import type { PlotTheme } from "../plot/theme.ts";
import { endsOf, nameOf, placeOf, type Row, type RowName, rowsOf } from "./rows.ts";

/** More shapes than these hide each other. */
export const MOST_DRAWN = 8;

// Those that say nothing new beside parameters are in the table alone.
const LEFT_OUT: ReadonlySet<RowName> = new Set(["trainable", "parameter_bytes"]);
const SYMBOLS = ["circle", "square", "diamond", "cross", "x", "triangle-up", "star", "pentagon"] as const;
const DASHES = ["solid", "dash", "dot", "dashdot"] as const;

interface Spoke {
  readonly row: Row;
  readonly ends: readonly [number, number];
}

export const spokesOf = (models: readonly Model[]): readonly Spoke[] =>
  rowsOf(models).flatMap((row) => {
    const ends = LEFT_OUT.has(row.name) ? null : endsOf(row.values);
    return ends === null ? [] : [{ row, ends }];
  });

/** Each model as a shape, each number on a logarithmic axis of its own whose ends are told where there is room. */
export function radarOf(
  all: readonly Model[],
  colours: ReadonlyMap<string, string>,
  isNarrow: boolean,
  theme: PlotTheme,
): Figure {
  const models = all.slice(0, MOST_DRAWN);
  const spokes = spokesOf(models);
  const theta = spokes.map(({ row, ends }) => {
    const { name } = COST_WORDS[row.name];
    return isNarrow ? narrowWords(name) : axisWords(name, row.short(ends[0]), row.short(ends[1]));
  });
  const traces = models.map((model, at): Trace => {
    const r = spokes.map(({ row, ends }) => placeOf(row.values[at] ?? Number.NaN, ends));
    const texts = spokes.map(
      ({ row }) =>
        `${nameOf(model, models)}\n${COST_WORDS[row.name].name}: ${row.exact(row.values[at] ?? Number.NaN)}`,
    );
    const colour = colours.get(model.run) ?? theme.accent;
    return {
      type: "scatterpolar",
      mode: "lines+markers",
      name: nameOf(model, models),
      // Around to where it began.
      r: [...r, r[0] ?? Number.NaN],
      theta: [...theta, theta[0] ?? ""],
      text: [...texts, texts[0] ?? ""],
      hoverinfo: "text",
      fill: models.length < 4 && r.every(Number.isFinite) ? "toself" : "none",
      fillcolor: `${colour}22`,
      line: { color: colour, width: 2, dash: DASHES[Math.floor(at / 2) % DASHES.length] ?? "solid" },
      marker: { color: colour, size: 7, symbol: SYMBOLS[at % SYMBOLS.length] ?? "circle" },
    };
  });
  return {
    traces,
    layout: {
      polar: {
        radialaxis: { range: [0, 1.04], showticklabels: false },
        angularaxis: { rotation: 90, direction: "clockwise" },
      },
      showlegend: true,
      ...(isNarrow
        ? { legend: { orientation: "h", x: 0, y: -0.35 }, margin: { l: 76, r: 76, t: 30, b: 30 } }
        : { margin: { l: 90, r: 90, t: 48, b: 40 } }),
    },
  };
}
