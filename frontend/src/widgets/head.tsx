import type { ComponentChildren } from "preact";
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
    <div class="controls">{children}</div>
    {frame.menu}
  </header>
);
