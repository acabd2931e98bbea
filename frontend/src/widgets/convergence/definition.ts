import { CONVERGENCE } from "../../base/words/convergence.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type ConvergenceSettings, readSettings } from "./settings.ts";

export const convergence: WidgetDefinition<ConvergenceSettings> = {
  type: "convergence",
  title: CONVERGENCE.title,
  hint: CONVERGENCE.hint,
  size: { w: 6, h: 9, minW: 3, minH: 5 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).ConvergenceWidget),
};
