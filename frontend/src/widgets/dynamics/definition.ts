import { DYNAMICS_KIND } from "../../base/words/kinds.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type DynamicsSettings, readSettings } from "./settings.ts";

export const dynamics: WidgetDefinition<DynamicsSettings> = {
  type: "dynamics",
  title: DYNAMICS_KIND.title,
  hint: DYNAMICS_KIND.hint,
  size: { w: 6, h: 9, minW: 3, minH: 6 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).DynamicsWidget),
};
