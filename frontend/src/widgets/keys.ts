const ZOOM_PER_KEY = 1.5;
const FAR = 10;

type Press = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">;

type Actions = Readonly<Record<string, () => void>>;

/** What can be done with any chart. */
export interface Moved {
  /** Moves the crosshair by so many points. */
  step(move: number): void;
  zoom(factor: number): void;
  fit(): void;
}

/** What the keys do that all charts share. */
export const chartKeys = (chart: Moved, { shiftKey }: Pick<KeyboardEvent, "shiftKey">): Actions => ({
  ArrowLeft: () => chart.step(shiftKey ? -FAR : -1),
  ArrowRight: () => chart.step(shiftKey ? FAR : 1),
  "+": () => chart.zoom(ZOOM_PER_KEY),
  "=": () => chart.zoom(ZOOM_PER_KEY),
  "-": () => chart.zoom(1 / ZOOM_PER_KEY),
  _: () => chart.zoom(1 / ZOOM_PER_KEY),
  f: () => chart.fit(),
  F: () => chart.fit(),
});

/** Whether the key meant something. */
export function actOn(event: Press, actions: Actions): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const action = actions[event.key];
  action?.();
  return action !== undefined;
}
