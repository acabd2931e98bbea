import { LOGS_KIND } from "../../base/words/kinds.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type LogsSettings, readSettings } from "./settings.ts";

export const logs: WidgetDefinition<LogsSettings> = {
  type: "logs",
  title: LOGS_KIND.title,
  hint: LOGS_KIND.hint,
  size: { w: 6, h: 7, minW: 3, minH: 3 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).LogsWidget),
};
