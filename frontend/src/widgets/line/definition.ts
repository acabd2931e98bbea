import { LINE } from "../../base/words/line.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type LineSettings, readSettings } from "./settings.ts";

export const line: WidgetDefinition<LineSettings> = {
  type: "line",
  title: LINE.title,
  hint: LINE.hint,
  size: { w: 6, h: 8, minW: 3, minH: 4 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).LineWidget),
};
