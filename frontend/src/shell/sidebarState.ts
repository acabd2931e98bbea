import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { asFlag, kept } from "./storage.ts";

export const NARROWEST_PX = 200;
export const WIDEST_PX = 640;
const USUAL_PX = 280;

/** As in narrow.css: there the sidebar lies over the dashboard. */
const NARROW_SCREEN = "(max-width: 800px)";

const asWidth = (stored: unknown): number =>
  typeof stored === "number" && stored >= NARROWEST_PX && stored <= WIDEST_PX ? stored : USUAL_PX;

/** Whether the sidebar is shown, and how wide it is. */
export class SidebarState {
  readonly widthPx = kept("localStorage", "sidebar-px", asWidth);
  readonly shown = computed(() => (this.narrow.value ? this.opened.value : !this.collapsed.value));
  readonly drawerOpen = computed(() => this.narrow.value && this.opened.value);

  private readonly collapsed = kept("localStorage", "sidebar-collapsed", asFlag);
  private readonly opened = signal(false);
  private readonly narrow = followMedia(NARROW_SCREEN);

  toggle(): void {
    const flag = this.narrow.peek() ? this.opened : this.collapsed;
    flag.value = !flag.peek();
  }

  readonly closeDrawer = (): void => {
    this.opened.value = false;
  };

  resize(px: number): void {
    this.widthPx.value = Math.round(Math.min(WIDEST_PX, Math.max(NARROWEST_PX, px)));
  }

  resetWidth(): void {
    this.widthPx.value = USUAL_PX;
  }
}

function followMedia(query: string): ReadonlySignal<boolean> {
  const media = window.matchMedia(query);
  const matches = signal(media.matches);
  media.addEventListener("change", () => {
    matches.value = media.matches;
  });
  return matches;
}
