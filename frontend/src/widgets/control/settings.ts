import type { Stored } from "../widget.ts";

export interface ControlSettings {
  /** Null: the run in focus. */
  readonly run: string | null;
}

export const readSettings = ({ run }: Stored): ControlSettings => ({
  run: typeof run === "string" ? run : null,
});
