import { autoUpdate, computePosition, flip, offset, type Placement, shift, size } from "@floating-ui/dom";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

const GAP_PX = 4;
const EDGE_PX = 8;

export interface PanelProps {
  readonly anchor: { readonly current: HTMLElement | null };
  readonly name: string;
  readonly placement: Placement;
  readonly children: ComponentChildren;
}

/** What is shown at another element, over everything, while it is drawn. */
export function Panel({ anchor, name, placement, children }: PanelProps) {
  const panel = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const [at, shown] = [anchor.current, panel.current];
    if (!at || !shown) return undefined;
    shown.showPopover();
    if (!shown.contains(document.activeElement)) shown.focus({ preventScroll: true });
    const stop = autoUpdate(at, shown, () => void place(at, shown, placement));
    return () => {
      stop();
      if (shown.contains(document.activeElement)) at.focus({ preventScroll: true });
    };
  }, [anchor, placement]);
  return (
    <div class="floating" popover="manual" role="dialog" aria-label={name} tabIndex={-1} ref={panel}>
      {children}
    </div>
  );
}

async function place(at: HTMLElement, panel: HTMLElement, placement: Placement): Promise<void> {
  const { x, y } = await computePosition(at, panel, {
    strategy: "fixed",
    placement,
    middleware: [
      offset(GAP_PX),
      flip({ padding: EDGE_PX }),
      shift({ padding: EDGE_PX }),
      size({
        padding: EDGE_PX,
        apply: ({ availableHeight, availableWidth }) => {
          panel.style.maxHeight = `${Math.floor(availableHeight)}px`;
          panel.style.maxWidth = `${Math.floor(availableWidth)}px`;
        },
      }),
    ],
  });
  Object.assign(panel.style, { left: `${Math.round(x)}px`, top: `${Math.round(y)}px` });
}
