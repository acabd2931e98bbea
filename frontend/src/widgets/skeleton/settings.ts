import type { Stored } from "../widget.ts";

export interface SkeletonSettings {
  /** Null: the tag that is picked for all widgets. */
  readonly tag: string | null;
  readonly bestFirst: boolean;
}

/** Settings from what was stored; whatever can't be used falls back to its default. */
export const readSettings = ({ tag, bestFirst }: Stored): SkeletonSettings => ({
  tag: typeof tag === "string" ? tag : null,
  bestFirst: bestFirst === true,
});
