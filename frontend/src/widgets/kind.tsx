import { effect, type Signal, signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { Frame, Stored, WidgetDefinition, WidgetSize } from "./widget.ts";
import type { Workspace } from "./workspace.ts";

export interface KindProps {
  readonly workspace: Workspace;
  /** What is kept of the widget; it changes as the widget's settings do. */
  readonly stored: Signal<Stored>;
  readonly frame: Frame;
}

/** A kind of widget, whatever its settings are: what a dashboard handles. */
export interface Kind {
  readonly type: string;
  readonly title: string;
  readonly hint: string;
  readonly size: WidgetSize;
  readonly Draw: FunctionComponent<KindProps>;
}

/** A definition without the type of its settings, which only it can read. */
export function kindOf<Settings extends object>(definition: WidgetDefinition<Settings>): Kind {
  const { type, title, hint, size, read, View } = definition;
  const Draw = ({ workspace, stored, frame }: KindProps) => {
    const settings = useMemo(() => signal(read(stored.peek())), [stored]);
    useEffect(
      () =>
        effect(() => {
          stored.value = Object.fromEntries(Object.entries(settings.value));
        }),
      [settings, stored],
    );
    return <View workspace={workspace} settings={settings} frame={frame} />;
  };
  return { type, title, hint, size, Draw };
}
