import { ALERTS_KIND } from "../../base/words/kinds.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type AlertSettings, readSettings } from "./settings.ts";

export const alerts: WidgetDefinition<AlertSettings> = {
  type: "alerts",
  title: ALERTS_KIND.title,
  hint: ALERTS_KIND.hint,
  size: { w: 6, h: 8, minW: 3, minH: 4 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).AlertWidget),
};
