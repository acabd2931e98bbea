import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useCallback } from "preact/hooks";
import { STRINGS } from "../base/strings.ts";
import { useDismiss } from "./dismiss.ts";
import type { Frame } from "./widget.ts";

interface WidgetHeadProps {
  readonly frame: Frame;
  /** What the widget shows. */
  readonly title: ComponentChildren;
  /** Its own controls. */
  readonly children?: ComponentChildren;
}

/** The line over a widget: where it is dragged by, what it shows, its controls, and its menu. */
export const WidgetHead = ({ frame, title, children }: WidgetHeadProps) => (
  <header class="widget-head">
    {frame.handle}
    {title}
    {children && <Controls>{children}</Controls>}
    {frame.menu}
  </header>
);

/** In a narrow widget they are behind a button, and open over what is below. */
function Controls({ children }: { readonly children: ComponentChildren }) {
  const open = useSignal(false);
  const close = useCallback(() => {
    open.value = false;
  }, [open]);
  const inside = useDismiss<HTMLDivElement>(open.value, close);
  return (
    <div class="controls-holder" data-open={open.value} ref={inside}>
      <button
        type="button"
        class="icon controls-toggle"
        aria-label={STRINGS.controls}
        aria-expanded={open.value}
        title={STRINGS.controls}
        data-testid="controls-toggle"
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <svg class="line-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          <path d="M2 4.500h6M12 4.500h2M2 11.500h2M8 11.500h6M8 2.500h4v4H8zM4 9.500h4v4H4z" />
        </svg>
      </button>
      <div class="controls">{children}</div>
    </div>
  );
}
