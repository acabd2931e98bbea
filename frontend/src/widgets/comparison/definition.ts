import { COMPARISON } from "../../base/words/comparison.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type ComparisonSettings, readSettings } from "./settings.ts";

export const comparison: WidgetDefinition<ComparisonSettings> = {
  type: "comparison",
  title: COMPARISON.title,
  hint: COMPARISON.hint,
  size: { w: 12, h: 6, minW: 3, minH: 3 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).ComparisonWidget),
};
