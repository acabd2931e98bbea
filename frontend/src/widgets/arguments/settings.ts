import type { Stored } from "../widget.ts";

export interface ArgumentsSettings {
  readonly onlyDifferences: boolean;
}

/** Settings from what was stored; whatever can't be used falls back to its default. */
export const readSettings = ({ onlyDifferences }: Stored): ArgumentsSettings => ({
  onlyDifferences: onlyDifferences === true,
});
