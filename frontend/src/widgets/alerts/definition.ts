import { ALERTS } from "../../base/words/alerts.ts";
import type { WidgetDefinition } from "../widget.ts";
import { type AlertSettings, readSettings } from "./settings.ts";
import { AlertWidget } from "./view.tsx";

export const alerts: WidgetDefinition<AlertSettings> = {
  type: "alerts",
  title: ALERTS.title,
  hint: ALERTS.hint,
  size: { w: 6, h: 8, minW: 3, minH: 4 },
  read: readSettings,
  View: AlertWidget,
};
