import { LANDSCAPE_KIND } from "../../base/words/kinds.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type LandscapeSettings, readSettings } from "./settings.ts";

export const landscape: WidgetDefinition<LandscapeSettings> = {
  type: "landscape",
  title: LANDSCAPE_KIND.title,
  hint: LANDSCAPE_KIND.hint,
  size: { w: 6, h: 9, minW: 3, minH: 6 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).LandscapeWidget),
};
