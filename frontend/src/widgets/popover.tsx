import type { Placement } from "@floating-ui/dom";
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useCallback, useRef } from "preact/hooks";
import { useDismiss } from "./dismiss.ts";
import { fetched } from "./fetched.tsx";
import type { PanelProps } from "./panel.tsx";

/** What is shown at another element, over everything, while it is drawn. */
export const Panel = fetched<PanelProps>(async () => (await import("./panel.tsx")).Panel);

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
