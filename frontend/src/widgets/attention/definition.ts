import { ATTENTION_WIDGET } from "../../base/words/attentionWidget.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type AttentionSettings, readSettings } from "./settings.ts";

export const attention: WidgetDefinition<AttentionSettings> = {
  type: "attention",
  title: ATTENTION_WIDGET.title,
  hint: ATTENTION_WIDGET.hint,
  size: { w: 6, h: 9, minW: 3, minH: 5 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).AttentionWidget),
};
