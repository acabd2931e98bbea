import type { Candles } from "../../api/types.ts";
import type { Range } from "../../base/axis.ts";
import type { Table } from "../../base/table.ts";
import { type LineSeries, rowFrom } from "../../chart/lineGeometry.ts";
import { type ChosenIndicator, columnsOf, outputsOf } from "../../data/indicators.ts";

/** The line of an indicator that one run is drawn by: as asked, else its middle, else its first. */
export function outputOf(chosen: ChosenIndicator, asked: string | null): string {
  const outputs = outputsOf(chosen);
  const [first = ""] = outputs;
  return outputs.find((one) => one === asked) ?? outputs.find((one) => one === "middle") ?? first;
}

/** One line for each run: a candle's value in the middle of its bucket, where the candle is drawn. */
export function linesOf(
  candles: readonly Candles[],
  chosen: ChosenIndicator,
  asked: string | null,
  colours: ReadonlyMap<string, string>,
): readonly LineSeries[] {
  const output = outputOf(chosen, asked);
  return candles.flatMap((one) => {
    const value = columnsOf(chosen, one).find((column) => column.output === output)?.values;
    const colour = colours.get(one.run);
    if (value === undefined || colour === undefined) return [];
    const place = one.columns.x.map((x) => x + one.width / 2);
    const nonfinite = new Float64Array(place.length);
    return [{ run: one.run, colour, place, value, smoothed: null, nonfinite }];
  });
}

/** The lines in view, run by run, as they are exported and read out. */
export function tableOf(
  candles: readonly Candles[],
  lines: readonly LineSeries[],
  name: string,
  view: Range | null,
): Table {
  const byRun = new Map(candles.map((one) => [one.run, one]));
  const inView = ({ place }: LineSeries, values: Float64Array) =>
    view ? values.subarray(rowFrom(place, view.from), rowFrom(place, view.to)) : values;
  const column = (values: (line: LineSeries) => Float64Array) =>
    lines.flatMap((line) => [...inView(line, values(line))]);
  const step = (line: LineSeries) => byRun.get(line.run)?.columns.first_step ?? line.place;
  return {
    columns: [
      { name: "run", values: lines.flatMap((line) => Array.from(inView(line, line.place), () => line.run)) },
      { name: "first_step", values: column(step) },
      { name, values: column(({ value }) => value) },
    ],
  };
}
