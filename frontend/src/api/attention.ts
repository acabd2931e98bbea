import { BadAnswer } from "./errors.ts";
import { asArray, asCount, asNumber, asRecord, asText } from "./json.ts";
import { decodeProgressOf, type Progress } from "./progress.ts";
import { decodeSafetensors, type Tensors } from "./safetensors.ts";

/** Attention as it was logged: under which tag of which run. */
export interface AttentionQuery {
  readonly run: string;
  readonly tag: string;
}

export interface MapsQuery extends AttentionQuery {
  readonly step: number;
  /** Rows and columns of a map at most. */
  readonly size: number;
  /** One alone; null: all of them. */
  readonly head: HeadPlace | null;
}

/** Counted from 0. */
export interface HeadPlace {
  readonly layer: number;
  readonly head: number;
}

/** Of every head; those of layer `l` and head `h` stand at `l * heads + h`. */
export const MEASURES = ["entropy", "entropy_share", "distance", "similarity"] as const;
export type Measure = (typeof MEASURES)[number];

/** Measures over steps; of step `i` those of all heads stand at `i * layers * heads`. A missing number is NaN. */
export interface AttentionCurves {
  readonly layers: number;
  readonly heads: number;
  /** How many were logged; there may be fewer here. */
  readonly steps: number;
  readonly step: Float64Array;
  readonly entropy: Float64Array;
  readonly entropyShare: Float64Array;
  readonly distance: Float64Array;
  /** Of layers alone: of step `i` they stand at `i * layers`. */
  readonly similarity: Float64Array;
  readonly problems: readonly string[];
  readonly problemCount: number;
}

export interface AttentionAnswer {
  readonly progress: Progress | null;
  /** Null while there is none. */
  readonly curves: AttentionCurves | null;
}

/** Weights of heads at one step. */
export interface AttentionMaps {
  readonly progress: null;
  readonly step: number;
  readonly layers: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  /** Of a map. */
  readonly rows: number;
  readonly columns: number;
  /** How many queries and keys each number is the mean of. */
  readonly poolQueries: number;
  readonly poolKeys: number;
  readonly oddRows: number;
  readonly examples: number;
  readonly tokens: readonly string[];
  readonly queryTokens: readonly string[];
  readonly problems: readonly string[];
  /** Of each map that is here, from 0. */
  readonly places: readonly HeadPlace[];
  /** Map by map, row by row. */
  readonly weights: Float64Array;
  readonly measures: Readonly<Record<Measure, Float64Array>>;
}

/** `attention?format=safetensors&run=a&tag=attention` */
export const attentionPath = ({ run, tag }: AttentionQuery): string =>
  `attention?${new URLSearchParams({ format: "safetensors", run, tag })}`;

/** `attention/maps?format=safetensors&run=a&tag=attention&step=100&size=32` */
export function mapsPath({ run, tag, step, size, head }: MapsQuery): string {
  const parameters = new URLSearchParams({ format: "safetensors", run, tag });
  parameters.set("step", String(step));
  parameters.set("size", String(size));
  if (head !== null) {
    parameters.set("layer", String(head.layer));
    parameters.set("head", String(head.head));
  }
  return `attention/maps?${parameters}`;
}

export function decodeAttention(body: ArrayBuffer): AttentionAnswer {
  const tensors = decodeSafetensors(body);
  const [head] = asArray(JSON.parse(tensors.metadata.attention ?? "null"));
  return {
    progress: decodeProgressOf({ progress: JSON.parse(tensors.metadata.progress ?? "null") }),
    curves: head === undefined ? null : decodeCurves(asRecord(head), tensors),
  };
}

function decodeCurves(head: Record<string, unknown>, tensors: Tensors): AttentionCurves {
  return {
    layers: asCount(head.layers),
    heads: asCount(head.heads),
    steps: asCount(head.steps),
    step: columnOf(tensors, "step"),
    entropy: columnOf(tensors, "entropy"),
    entropyShare: columnOf(tensors, "entropy_share"),
    distance: columnOf(tensors, "distance"),
    similarity: columnOf(tensors, "similarity"),
    problems: asArray(head.problems).map(asText),
    problemCount: asCount(head.problem_count),
  };
}

export function decodeMaps(body: ArrayBuffer): AttentionMaps {
  const tensors = decodeSafetensors(body);
  const head = asRecord(asArray(JSON.parse(tensors.metadata.maps ?? "null"))[0]);
  const [queries, keys] = [asCount(head.queries), asCount(head.keys)];
  const [poolQueries, poolKeys] = [asCount(head.pool_queries), asCount(head.pool_keys)];
  const problems = asArray(head.problems).map(asText);
  const column = (name: string) => (problems.length > 0 ? new Float64Array() : columnOf(tensors, name));
  const [layer, number] = [column("layer"), column("head")];
  return {
    progress: null,
    step: asNumber(head.step),
    layers: asCount(head.layers),
    heads: asCount(head.heads),
    queries,
    keys,
    rows: Math.ceil(queries / Math.max(poolQueries, 1)),
    columns: Math.ceil(keys / Math.max(poolKeys, 1)),
    poolQueries,
    poolKeys,
    oddRows: asCount(head.odd_rows),
    examples: asCount(head.examples),
    tokens: asArray(head.tokens).map(asText),
    queryTokens: asArray(head.query_tokens).map(asText),
    problems,
    places: Array.from(layer, (one, i) => ({ layer: one, head: number[i] ?? 0 })),
    weights: column("weights"),
    measures: Object.fromEntries(MEASURES.map((name) => [name, column(name)])) as Record<
      Measure,
      Float64Array
    >,
  };
}

function columnOf({ columns }: Tensors, name: string): Float64Array {
  const values = columns.get(name);
  if (values === undefined) throw new BadAnswer(`column ${name} is missing`);
  return values;
}
