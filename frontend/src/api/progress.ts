import { asCount, asRecord, asText, isRecord } from "./json.ts";

/** How far the server is with what takes it long. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** What it does now, in a word or two. */
  readonly what: string;
}

/** Of `{"progress": {"done": 3, "total": 10, "what": "…"}, …}`; null: the answer is all there is. */
export function decodeProgressOf(answer: unknown): Progress | null {
  const { progress } = asRecord(answer);
  if (!isRecord(progress)) return null;
  return { done: asCount(progress.done), total: asCount(progress.total), what: asText(progress.what) };
}
