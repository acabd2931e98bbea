import { ARGUMENTS_KIND } from "../../base/words/kinds.ts";
import { later } from "../later.tsx";
import type { WidgetDefinition } from "../widget.ts";
import { type ArgumentsSettings, readSettings } from "./settings.ts";

export const runArguments: WidgetDefinition<ArgumentsSettings> = {
  type: "arguments",
  title: ARGUMENTS_KIND.title,
  hint: ARGUMENTS_KIND.hint,
  size: { w: 6, h: 5, minW: 3, minH: 3 },
  read: readSettings,
  View: later(async () => (await import("./view.tsx")).ArgumentsWidget),
};
