import { INDICATOR_KIND } from "../../base/words/kinds.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type IndicatorSettings, readSettings } from "./settings.ts";

export const indicator: WidgetDefinition<IndicatorSettings> = {
  type: "indicator",
  title: INDICATOR_KIND.title,
  hint: INDICATOR_KIND.hint,
  size: { w: 6, h: 6, minW: 3, minH: 4 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).IndicatorWidget),
};
