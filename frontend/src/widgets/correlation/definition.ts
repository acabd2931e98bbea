import { CORRELATION_KIND } from "../../base/words/kinds.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type CorrelationSettings, readSettings } from "./settings.ts";

export const correlation: WidgetDefinition<CorrelationSettings> = {
  type: "correlation",
  title: CORRELATION_KIND.title,
  hint: CORRELATION_KIND.hint,
  size: { w: 6, h: 9, minW: 3, minH: 5 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).CorrelationWidget),
};
