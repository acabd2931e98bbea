import { OUTPUTS_KIND } from "../../base/words/kinds.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type OutputsSettings, readSettings } from "./settings.ts";

export const outputs: WidgetDefinition<OutputsSettings> = {
  type: "outputs",
  title: OUTPUTS_KIND.title,
  hint: OUTPUTS_KIND.hint,
  size: { w: 8, h: 9, minW: 3, minH: 4 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).OutputsWidget),
};
