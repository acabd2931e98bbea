import { LINE_KIND } from "../../base/words/kinds.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type LineSettings, readSettings } from "./settings.ts";

export const line: WidgetDefinition<LineSettings> = {
  type: "line",
  title: LINE_KIND.title,
  hint: LINE_KIND.hint,
  size: { w: 6, h: 8, minW: 3, minH: 4 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).LineWidget),
};
