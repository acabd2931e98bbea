import { CONTROL_KIND } from "../../base/words/kinds.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type ControlSettings, readSettings } from "./settings.ts";

export const control: WidgetDefinition<ControlSettings> = {
  type: "control",
  title: CONTROL_KIND.title,
  hint: CONTROL_KIND.hint,
  size: { w: 4, h: 8, minW: 3, minH: 4 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).ControlWidget),
};
