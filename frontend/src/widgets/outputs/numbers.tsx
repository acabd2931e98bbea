import { useMemo } from "preact/hooks";
import type { Outputs, Predictions } from "../../api/outputs.ts";
import { extentOf } from "../../base/axis.ts";
import { formatDigits, formatInteger } from "../../base/format.ts";
import { OUTPUTS } from "../../base/words/outputs.ts";
import type { Figure } from "../plot/figure.ts";
import { Plot, usePlot } from "../plot/plot.tsx";
import type { PlotTheme } from "../plot/theme.ts";
import type { Workspace } from "../workspace.ts";
import { offBy, rowCount } from "./examples.ts";

// Of a row with very many the first ones; the data as a table has all of them.
const MOST_NUMBERS = 4;

interface ScatterProps {
  readonly workspace: Workspace;
  readonly predictions: Predictions;
  readonly of: Pick<Outputs, "run" | "tag">;
}

/** Each prediction against what it should have been: on the diagonal it is exactly right. */
export function Scatter({ workspace, predictions, of }: ScatterProps) {
  const plot = usePlot();
  const figure = useMemo(() => (theme: PlotTheme) => scatterFigure(predictions, theme), [predictions]);
  return (
    <Plot
      plot={plot}
      theme={workspace.theme.value}
      figure={figure}
      label={OUTPUTS.scatter}
      viewOf={`${of.run} ${of.tag}`}
    />
  );
}

export function scatterFigure({ predicted, label }: Predictions, theme: PlotTheme): Figure {
  const { from, to } = extentOf([...predicted, ...label]) ?? { from: 0, to: 1 };
  const ends = [from, to];
  return {
    traces: [
      {
        type: "scatter",
        mode: "lines",
        name: OUTPUTS.exact,
        x: ends,
        y: ends,
        line: { color: theme.soft, width: 1, dash: "dash" },
        hoverinfo: "skip",
      },
      {
        type: "scatter",
        mode: "markers",
        name: OUTPUTS.predicted,
        x: label,
        y: predicted,
        marker: { color: theme.accent, size: 6 },
        hoverinfo: "x+y+z+name",
      },
    ],
    layout: {
      xaxis: { title: { text: OUTPUTS.label } },
      yaxis: { title: { text: OUTPUTS.predicted } },
      showlegend: false,
      hovermode: "closest",
    },
  };
}

/** A row for each example that is kept. */
export function NumberTable({ predictions }: { readonly predictions: Predictions }) {
  const { predicted, label, width } = predictions;
  const rows = Array.from({ length: rowCount(predictions) }, (_, row) => row);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="number-rows" tabIndex={0} aria-label={OUTPUTS.table} data-testid="number-rows">
      <table>
        <thead>
          <tr>
            <th scope="col">{OUTPUTS.row}</th>
            <th scope="col">{OUTPUTS.predicted}</th>
            <th scope="col">{OUTPUTS.label}</th>
            <th scope="col">{OUTPUTS.offBy}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row}>
              <th scope="row">{formatInteger(row)}</th>
              <td>{numbersOf(predicted, row, width)}</td>
              <td>{numbersOf(label, row, width)}</td>
              <td>{formatDigits(offBy(predictions, row), 4)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function numbersOf(all: Float64Array, row: number, width: number): string {
  const some = Array.from(all.subarray(row * width, row * width + Math.min(width, MOST_NUMBERS)));
  return some.map((one) => formatDigits(one, 5)).join(", ") + (width > MOST_NUMBERS ? ", …" : "");
}
