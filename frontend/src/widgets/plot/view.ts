import type { Json } from "./dress.ts";

/** What people made of a plot's axes and scenes: of each what it shows, or where it is seen from. */
export type KeptView = Readonly<Record<string, Json>>;

const CHANGE = /^([xy]axis\d*|scene\d*)\.(range|autorange|camera)(?:\[([01])\])?$/;

/** What is kept after a change that plotly told of, as `{"xaxis.range[0]": 1, "xaxis.range[1]": 2}`. */
export function afterChange(kept: KeptView, changes: Json): KeptView {
  const result: Record<string, Json> = { ...kept };
  for (const [path, value] of Object.entries(changes)) {
    const [, name, what, end] = CHANGE.exec(path) ?? [];
    if (name === undefined || what === undefined) continue;
    if (what === "autorange") delete result[name];
    else if (what === "camera") result[name] = { camera: value };
    else
      result[name] = { range: end === undefined ? value : withEnd(result[name]?.range, Number(end), value) };
  }
  return result;
}

function withEnd(range: unknown, end: number, value: unknown): unknown[] {
  const ends: unknown[] = Array.isArray(range) ? [...range] : [];
  ends[end] = value;
  return ends;
}
