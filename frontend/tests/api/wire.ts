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
