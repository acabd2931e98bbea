import type { ReadonlySignal } from "@preact/signals";
import { createContext } from "preact";

/** How the grid lies in the window. */
export interface Room {
  readonly rowPx: number;
  readonly isNarrow: boolean;
}

/** What a widget may ask of the grid that it is in. */
export interface GridHands {
  readonly room: ReadonlySignal<Room | null>;
  readonly handleDrawn: (element: HTMLElement) => void;
  /** Whose handle has the focus: a widget that is drawn anew gives it to its new one. */
  readonly focused: { id: string | null };
}

export const Hands = createContext<GridHands | null>(null);
