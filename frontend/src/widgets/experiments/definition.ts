import { EXPERIMENTS_KIND } from "../../base/words/kinds.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type ExperimentSettings, readSettings } from "./settings.ts";

export const experiments: WidgetDefinition<ExperimentSettings> = {
  type: "experiments",
  title: EXPERIMENTS_KIND.title,
  hint: EXPERIMENTS_KIND.hint,
  size: { w: 12, h: 8, minW: 3, minH: 4 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).ExperimentsWidget),
};
