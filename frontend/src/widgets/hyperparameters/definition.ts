import { HYPERPARAMETERS_KIND } from "../../base/words/kinds.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type HyperparameterSettings, readSettings } from "./settings.ts";

export const hyperparameters: WidgetDefinition<HyperparameterSettings> = {
  type: "hyperparameters",
  title: HYPERPARAMETERS_KIND.title,
  hint: HYPERPARAMETERS_KIND.hint,
  size: { w: 6, h: 10, minW: 3, minH: 6 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).HyperparametersWidget),
};
