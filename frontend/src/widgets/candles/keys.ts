import { actOn, chartKeys } from "../keys.ts";
import type { CandleModel } from "./model.ts";

const SCREEN = 0.8;

/** Whether the key meant something to the chart. */
export const handleKey = (model: CandleModel, event: KeyboardEvent): boolean =>
  actOn(event, {
    ...chartKeys(model, event),
    Home: () => model.jump("first"),
    End: () => model.jump("last"),
    PageUp: () => model.pan(-SCREEN),
    PageDown: () => model.pan(SCREEN),
    Enter: () => model.descend(event.shiftKey),
    Backspace: () => model.travel.back(),
    Escape: () => model.dismiss(),
    "?": () => {
      model.helpOpen.value = true;
    },
  });
