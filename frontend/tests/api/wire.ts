import { CANDLE_COLUMNS } from "../../src/api/types.ts";

/** Bytes of a safetensors body, built by hand so that the decoder is tested against the format itself. */
export function safetensors(
  columns: Record<string, { dtype: "F64" | "I64"; values: readonly (number | bigint)[] }>,
  metadata: Record<string, string> = {},
): ArrayBuffer {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { dtype, values }] of Object.entries(columns)) {
    const end = offset + values.length * 8;
    header[name] = { dtype, shape: [values.length], data_offsets: [offset, end] };
    offset = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const body = new ArrayBuffer(8 + text.length + offset);
  const view = new DataView(body);
  view.setBigUint64(0, BigInt(text.length), true);
  new Uint8Array(body).set(text, 8);
  let at = 8 + text.length;
  for (const { dtype, values } of Object.values(columns)) {
    for (const value of values) {
      if (dtype === "F64") view.setFloat64(at, Number(value), true);
      else view.setBigInt64(at, BigInt(value), true);
      at += 8;
    }
  }
  return body;
}

export interface WireSeries {
  readonly item: Record<string, unknown>;
  readonly x: readonly number[];
}

/** An answer of `candles` in which every price column of row i holds i; `more`: columns of indicators. */
export function candlesBody(
  series: readonly WireSeries[],
  more: Readonly<Record<string, readonly number[]>> = {},
): ArrayBuffer {
  const columns: Parameters<typeof safetensors>[0] = {};
  series.forEach(({ x }, index) => {
    const prefix = series.length === 1 ? "" : `${index}/`;
    for (const name of CANDLE_COLUMNS) {
      columns[prefix + name] = { dtype: "F64", values: name === "x" ? x : x.map((_, row) => row) };
    }
  });
  for (const [name, values] of Object.entries(more)) columns[name] = { dtype: "F64", values };
  const items = series.map(({ item }) => item);
  return safetensors(columns, { candles: JSON.stringify(items) });
}

const COMPARED = [
  "points first_step last_step last last_finite_step nonfinite_since best best_step worst worst_step mean volatility atr drawdown nonfinite",
  "alerts start_time end_time",
]
  .join(" ")
  .split(" ");

/** What is said of a run in `comparisonBody`: the columns that are not 1, and its candles; it ends finite. */
export type ComparedRun = Readonly<Record<string, number | readonly (readonly number[])[]>>;

/** An answer of `comparison`; candles are open, high, low and close. */
export function comparisonBody(
  runs: Readonly<Record<string, ComparedRun>>,
  head: Readonly<Record<string, unknown>> = {},
  without: readonly string[] = [],
): ArrayBuffer {
  const rows = Object.values(runs);
  const columns: Record<string, { dtype: "F64"; values: readonly number[] }> = {};
  const put = (name: string, values: readonly number[]) => {
    columns[name] = { dtype: "F64", values };
  };
  const value = (row: ComparedRun | undefined, name: string) =>
    Number(row?.[name] ?? (name === "nonfinite_since" ? Number.NaN : 1));
  for (const name of COMPARED)
    if (!without.includes(name))
      put(
        name,
        rows.map((row) => value(row, name)),
      );
  const candles = rows.map(({ candles: own }) => (Array.isArray(own) ? own : []));
  const longest = Math.max(0, ...candles.map((own) => own.length));
  ["open", "high", "low", "close"].forEach((price, i) => {
    const line = (own: number[][]) => Array.from({ length: longest }, (_, k) => own[k]?.[i] ?? Number.NaN);
    put(`candles.${price}`, candles.flatMap(line));
  });
  if (typeof head.baseline === "string") {
    const base = runs[head.baseline];
    for (const name of ["last", "best"]) {
      put(
        `${name}_difference`,
        rows.map((row) => value(row, name) - value(base, name)),
      );
    }
  }
  const said = { tag: "loss", polarity: "lower_is_better", unit: null, width: 10, exact: true, ...head };
  const item = { is_complete: true, ...said, texts: { run: Object.keys(runs) } };
  return safetensors(columns, { comparison: JSON.stringify([item]) });
}
