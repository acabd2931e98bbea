import { HYPERPARAMETERS } from "../../base/words/hyperparameters.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type HyperparameterSettings, readSettings } from "./settings.ts";

export const hyperparameters: WidgetDefinition<HyperparameterSettings> = {
  type: "hyperparameters",
  title: HYPERPARAMETERS.title,
  hint: HYPERPARAMETERS.hint,
  size: { w: 6, h: 10, minW: 3, minH: 6 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).HyperparametersWidget),
};
