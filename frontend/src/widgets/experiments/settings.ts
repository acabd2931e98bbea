import type { Stored } from "../widget.ts";

export interface ExperimentSettings {
  /** That the form is of; null: the first. */
  readonly experiment: string | null;
}

export const readSettings = ({ experiment }: Stored): ExperimentSettings => ({
  experiment: typeof experiment === "string" ? experiment : null,
});
