import { COMPARISON } from "../../base/words/comparison.ts";
import type { WidgetDefinition } from "../widget.ts";
import { type ComparisonSettings, readSettings } from "./settings.ts";
import { ComparisonWidget } from "./view.tsx";

export const comparison: WidgetDefinition<ComparisonSettings> = {
  type: "comparison",
  title: COMPARISON.title,
  hint: COMPARISON.hint,
  size: { w: 12, h: 6, minW: 3, minH: 3 },
  read: readSettings,
  View: ComparisonWidget,
};
