import { CORRELATION } from "../../base/words/correlation.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type CorrelationSettings, readSettings } from "./settings.ts";

export const correlation: WidgetDefinition<CorrelationSettings> = {
  type: "correlation",
  title: CORRELATION.title,
  hint: CORRELATION.hint,
  size: { w: 6, h: 9, minW: 3, minH: 5 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).CorrelationWidget),
};
