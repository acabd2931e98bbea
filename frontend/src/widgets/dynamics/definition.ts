import { DYNAMICS } from "../../base/words/dynamics.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type DynamicsSettings, readSettings } from "./settings.ts";

export const dynamics: WidgetDefinition<DynamicsSettings> = {
  type: "dynamics",
  title: DYNAMICS.title,
  hint: DYNAMICS.hint,
  size: { w: 6, h: 9, minW: 3, minH: 6 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).DynamicsWidget),
};
