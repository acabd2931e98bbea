import { ARGUMENTS } from "../../base/words/arguments.ts";
import type { WidgetDefinition } from "../widget.ts";
import { type ArgumentsSettings, readSettings } from "./settings.ts";
import { ArgumentsWidget } from "./view.tsx";

export const runArguments: WidgetDefinition<ArgumentsSettings> = {
  type: "arguments",
  title: ARGUMENTS.title,
  hint: ARGUMENTS.hint,
  size: { w: 6, h: 5, minW: 3, minH: 3 },
  read: readSettings,
  View: ArgumentsWidget,
};
