import type { AttentionCurves, AttentionMaps } from "../../api/attention.ts";
import type { Table } from "../../base/table.ts";
import { ofLayer } from "./figures.ts";

/** Every weight of every map, where it stands. */
export function mapsTable({
  places,
  rows,
  columns,
  weights,
  step,
  poolQueries,
  poolKeys,
}: AttentionMaps): Table {
  const size = rows * columns;
  const each = (pick: (index: number) => number) => Float64Array.from(weights, (_, i) => pick(i));
  const place = (i: number) => places[Math.floor(i / size)];
  return {
    columns: [
      { name: "step", values: each(() => step) },
      { name: "layer", values: each((i) => place(i)?.layer ?? Number.NaN) },
      { name: "head", values: each((i) => place(i)?.head ?? Number.NaN) },
      { name: "first_query", values: each((i) => Math.floor((i % size) / columns) * poolQueries) },
      { name: "first_key", values: each((i) => (i % columns) * poolKeys) },
      { name: "weight", values: weights },
    ],
  };
}

/** Every head at every step; what is told of its layer stands beside each. */
export function curvesTable(curves: AttentionCurves): Table {
  const { layers, heads, step, entropy, entropyShare, distance } = curves;
  const each = (pick: (index: number) => number) => Float64Array.from(entropy, (_, i) => pick(i));
  const similarity = Array.from({ length: layers }, (_, layer) => ofLayer(curves, "similarity", layer));
  const stepOf = (i: number) => Math.floor(i / (layers * heads));
  const layerOf = (i: number) => Math.floor(i / heads) % layers;
  return {
    columns: [
      { name: "step", values: each((i) => step[stepOf(i)] ?? Number.NaN) },
      { name: "layer", values: each(layerOf) },
      { name: "head", values: each((i) => i % heads) },
      { name: "entropy", values: entropy },
      { name: "entropy_share", values: entropyShare },
      { name: "distance", values: distance },
      { name: "layer_similarity", values: each((i) => similarity[layerOf(i)]?.[stepOf(i)] ?? Number.NaN) },
    ],
  };
}
