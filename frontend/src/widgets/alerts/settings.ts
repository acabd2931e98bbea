import { SEVERITIES, type Severity } from "../../base/severity.ts";
import type { Stored } from "../widget.ts";

export const SCOPES = ["checked", "all"] as const;
export const SORTS = ["severity", "step", "run"] as const;

export type Scope = (typeof SCOPES)[number];
export type Sort = (typeof SORTS)[number];

export interface AlertSettings {
  /** Null: all tags. */
  readonly tag: string | null;
  readonly scope: Scope;
  readonly sort: Sort;
  /** What is shown; empty: all of them. */
  readonly kinds: readonly string[];
  readonly severities: readonly Severity[];
  readonly runs: readonly string[];
}

/** Settings from what was stored; whatever can't be used falls back to its default. */
export const readSettings = ({ tag, scope, sort, kinds, severities, runs }: Stored): AlertSettings => ({
  tag: typeof tag === "string" ? tag : null,
  scope: SCOPES.find((one) => one === scope) ?? "checked",
  sort: SORTS.find((one) => one === sort) ?? "severity",
  kinds: readTexts(kinds),
  severities: Array.isArray(severities) ? SEVERITIES.filter((one) => severities.includes(one)) : [],
  runs: readTexts(runs),
});

const readTexts = (stored: unknown): readonly string[] =>
  Array.isArray(stored) ? stored.filter((one): one is string => typeof one === "string") : [];
