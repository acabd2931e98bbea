import { COMPLEXITY_KIND } from "../../base/words/kinds.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type ComplexitySettings, readSettings } from "./settings.ts";

export const complexity: WidgetDefinition<ComplexitySettings> = {
  type: "complexity",
  title: COMPLEXITY_KIND.title,
  hint: COMPLEXITY_KIND.hint,
  size: { w: 6, h: 9, minW: 3, minH: 6 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).ComplexityWidget),
};
