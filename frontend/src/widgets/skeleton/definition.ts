import { SKELETON } from "../../base/words/skeleton.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { readSettings, type SkeletonSettings } from "./settings.ts";

export const skeleton: WidgetDefinition<SkeletonSettings> = {
  type: "skeleton",
  title: SKELETON.title,
  hint: SKELETON.hint,
  size: { w: 4, h: 4, minW: 2, minH: 2 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).SkeletonWidget),
};
