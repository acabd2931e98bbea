import { COMPARISON_KIND } from "../../base/words/kinds.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type ComparisonSettings, readSettings } from "./settings.ts";

export const comparison: WidgetDefinition<ComparisonSettings> = {
  type: "comparison",
  title: COMPARISON_KIND.title,
  hint: COMPARISON_KIND.hint,
  size: { w: 12, h: 6, minW: 3, minH: 3 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).ComparisonWidget),
};
