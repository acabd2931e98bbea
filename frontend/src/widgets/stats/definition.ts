import { STATS_KIND } from "../../base/words/kinds.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { readSettings, type StatsSettings } from "./settings.ts";

export const stats: WidgetDefinition<StatsSettings> = {
  type: "stats",
  title: STATS_KIND.title,
  hint: STATS_KIND.hint,
  size: { w: 6, h: 6, minW: 2, minH: 3 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).StatsWidget),
};
