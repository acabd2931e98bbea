import type { CandleModel } from "./model.ts";

const ZOOM_PER_KEY = 1.5;
const SCREEN = 0.8;
const FAR = 10;

/** Whether the key meant something to the chart. */
export function handleKey(model: CandleModel, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const far = event.shiftKey ? FAR : 1;
  const actions: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => model.step(-far),
    ArrowRight: () => model.step(far),
    Home: () => model.jump("first"),
    End: () => model.jump("last"),
    PageUp: () => model.pan(-SCREEN),
    PageDown: () => model.pan(SCREEN),
    "+": () => model.zoom(ZOOM_PER_KEY),
    "=": () => model.zoom(ZOOM_PER_KEY),
    "-": () => model.zoom(1 / ZOOM_PER_KEY),
    _: () => model.zoom(1 / ZOOM_PER_KEY),
    f: () => model.fit(),
    F: () => model.fit(),
    Enter: () => model.descend(event.shiftKey),
    Backspace: () => model.travel.back(),
    Escape: () => model.dismiss(),
    "?": () => {
      model.helpOpen.value = true;
    },
  };
  const action = actions[event.key];
  action?.();
  return action !== undefined;
}
