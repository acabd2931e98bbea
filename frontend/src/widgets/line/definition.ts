import { LINE } from "../../base/words/line.ts";
import type { WidgetDefinition } from "../widget.ts";
import { type LineSettings, readSettings } from "./settings.ts";
import { LineWidget } from "./view.tsx";

export const line: WidgetDefinition<LineSettings> = {
  type: "line",
  title: LINE.title,
  hint: LINE.hint,
  size: { w: 6, h: 8, minW: 3, minH: 4 },
  read: readSettings,
  View: LineWidget,
};
