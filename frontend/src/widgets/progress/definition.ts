import { PROGRESS_KIND } from "../../base/words/kinds.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type ProgressSettings, readSettings } from "./settings.ts";

export const progress: WidgetDefinition<ProgressSettings> = {
  type: "progress",
  title: PROGRESS_KIND.title,
  hint: PROGRESS_KIND.hint,
  size: { w: 6, h: 4, minW: 3, minH: 3 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).ProgressWidget),
};
