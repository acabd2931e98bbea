import { STRINGS } from "../../base/strings.ts";
import type { WidgetDefinition } from "../widget.ts";
import { type CandleSettings, readSettings } from "./settings.ts";
import { CandleWidget } from "./view.tsx";

export const candles: WidgetDefinition<CandleSettings> = {
  type: "candles",
  title: STRINGS.product,
  hint: STRINGS.intro,
  size: { w: 12, h: 12, minW: 3, minH: 4 },
  read: readSettings,
  View: CandleWidget,
};
