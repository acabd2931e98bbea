import { CANDLE_COLUMNS, type Candles } from "../../api/types.ts";
import { overlaps, type Range } from "../../base/axis.ts";
import type { Table } from "../../base/table.ts";
import type { Offer } from "../widget.ts";
import type { CandleInputs, CandleModel } from "./model.ts";

/** What a candle widget hands out once it has drawn something: the candles in view, and pictures of them. */
export function offerOf(model: CandleModel, inputs: CandleInputs, tag: string): Offer {
  // Few ask for one.
  const pictures = async () => (await import("./pictures.ts")).picturesOf(model, inputs, tag);
  return {
    table: () => tableOf(model.frame.value?.candles ?? [], model.painted.value?.view ?? null),
    png: async () => (await pictures()).png(),
    svg: async () => (await pictures()).svg(),
  };
}

/** Every column of the candles in view, run by run, with their indicators. */
export function tableOf(all: readonly Candles[], view: Range | null): Table {
  const parts = all.map((candles) => ({ candles, rows: rowsIn(candles, view) }));
  const column = (pick: (candles: Candles) => Float64Array | undefined): Float64Array =>
    Float64Array.from(
      parts.flatMap(({ candles, rows }) => {
        const values = pick(candles);
        return rows.map((row) => values?.[row] ?? Number.NaN);
      }),
    );
  const indicators = new Set(all.flatMap(({ indicators }) => [...(indicators?.keys() ?? [])]));
  return {
    columns: [
      { name: "run", values: parts.flatMap(({ candles, rows }) => rows.map(() => candles.run)) },
      ...CANDLE_COLUMNS.map((name) => ({ name, values: column(({ columns }) => columns[name]) })),
      ...[...indicators].map((name) => ({
        name,
        values: column((candles) => candles.indicators?.get(name)),
      })),
    ],
  };
}

/** Candles that reach into the view. */
function rowsIn({ columns, width }: Candles, view: Range | null): number[] {
  const rows = [...columns.x.keys()];
  if (view === null) return rows;
  return rows.filter((row) => {
    const from = columns.x[row] ?? Number.NaN;
    return overlaps({ from, to: from + width }, view);
  });
}
