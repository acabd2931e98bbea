import { BadAnswer } from "./errors.ts";
import { isRecord } from "./json.ts";

export interface Tensors {
  readonly metadata: Readonly<Record<string, string>>;
  readonly columns: ReadonlyMap<string, Float64Array>;
}

// Stands for a missing number in an integer column, which has no NaN.
const MISSING_INTEGER = -(2n ** 63n);

const HEADER_LENGTH_BYTES = 8;

/** Columns of a safetensors body (F64 or I64, one dimension); integers become doubles, missing ones NaN. */
export function decodeSafetensors(body: ArrayBuffer): Tensors {
  const header = readHeader(body);
  const dataStart = HEADER_LENGTH_BYTES + Number(new DataView(body).getBigUint64(0, true));
  const columns = new Map<string, Float64Array>();
  for (const [name, entry] of Object.entries(header)) {
    if (name !== "__metadata__") columns.set(name, readColumn(body, dataStart, name, entry));
  }
  return { metadata: readMetadata(header.__metadata__), columns };
}

function readHeader(body: ArrayBuffer): Record<string, unknown> {
  if (body.byteLength < HEADER_LENGTH_BYTES) throw new BadAnswer("answer ends before its header");
  const length = Number(new DataView(body).getBigUint64(0, true));
  if (HEADER_LENGTH_BYTES + length > body.byteLength) throw new BadAnswer("answer ends inside its header");
  const text = new TextDecoder().decode(new Uint8Array(body, HEADER_LENGTH_BYTES, length));
  const header: unknown = JSON.parse(text);
  if (!isRecord(header)) throw new BadAnswer("header is not an object");
  return header;
}

function readMetadata(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}

function readColumn(body: ArrayBuffer, dataStart: number, name: string, entry: unknown): Float64Array {
  const offsets = isRecord(entry) && Array.isArray(entry.data_offsets) ? entry.data_offsets : [];
  const [from, to] = [Number(offsets[0]), Number(offsets[1])];
  if (!(from <= to) || dataStart + to > body.byteLength) throw new BadAnswer(`column ${name} is cut short`);
  // A copy, because typed arrays need an alignment that the format does not promise.
  const bytes = body.slice(dataStart + from, dataStart + to);
  const dtype = isRecord(entry) ? entry.dtype : undefined;
  if (dtype === "F64") return new Float64Array(bytes);
  if (dtype === "I64") return integersToDoubles(new BigInt64Array(bytes));
  throw new BadAnswer(`column ${name} has dtype ${String(dtype)}, expected F64 or I64`);
}

function integersToDoubles(integers: BigInt64Array): Float64Array {
  const doubles = new Float64Array(integers.length);
  for (let i = 0; i < integers.length; i++) {
    const value = integers[i] ?? MISSING_INTEGER;
    doubles[i] = value === MISSING_INTEGER ? Number.NaN : Number(value);
  }
  return doubles;
}
