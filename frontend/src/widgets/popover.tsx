import { autoUpdate, computePosition, flip, offset, type Placement, shift, size } from "@floating-ui/dom";
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useCallback, useLayoutEffect, useRef } from "preact/hooks";
import { useDismiss } from "./dismiss.ts";

const GAP_PX = 4;
const EDGE_PX = 8;

interface PopoverProps {
  /** Of the button that opens it. */
  readonly button: JSX.IntrinsicElements["button"] & {
    readonly "data-testid"?: string;
    readonly "data-term"?: string;
  };
  readonly face: ComponentChildren;
  /** Of what opens. */
  readonly name: string;
  readonly placement?: Placement;
  readonly children: (close: () => void) => ComponentChildren;
}

/** A button, and what opens at it: over everything, so that no widget cuts it off. */
export function Popover({ button, face, name, placement = "bottom-start", children }: PopoverProps) {
  const open = useSignal(false);
  const close = useCallback(() => {
    open.value = false;
  }, [open]);
  const inside = useDismiss<HTMLSpanElement>(open.value, close);
  const anchor = useRef<HTMLButtonElement>(null);
  return (
    <span class="popover-holder" ref={inside}>
      <button
        type="button"
        {...button}
        ref={anchor}
        aria-haspopup="dialog"
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        {face}
      </button>
      {open.value && (
        <Panel anchor={anchor} name={name} placement={placement}>
          {children(close)}
        </Panel>
      )}
    </span>
  );
}

interface PanelProps {
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
