import type { Signal } from "@preact/signals";
import type { ComponentChildren, FunctionComponent } from "preact";
import type { Table } from "../base/table.ts";
import type { Workspace } from "./workspace.ts";

/** What was stored of a widget, in a browser, a file or a link: nothing in it is to be trusted. */
export type Stored = Readonly<Record<string, unknown>>;

/** What a widget can hand out of what it shows now; each is asked only when somebody wants it. */
export interface Offer {
  table(): Table;
  png?(): Promise<Blob>;
  svg?(): string | Promise<string>;
}

/** What a dashboard gives each of its widgets. */
export interface Frame {
  /** Of this widget in this dashboard. */
  readonly id: string;
  /** What it shows now, in a few words: names its exports, and says to a screen reader which one it is. */
  readonly title: Signal<string>;
  readonly offer: Signal<Offer | null>;
  /** To be drawn by the widget at the begin and the end of its head. */
  readonly handle: ComponentChildren;
  readonly menu: ComponentChildren;
}

export interface WidgetProps<Settings> {
  readonly workspace: Workspace;
  readonly settings: Signal<Settings>;
  readonly frame: Frame;
}

/** In cells of the grid, which is twelve of them wide. */
export interface WidgetSize {
  readonly w: number;
  readonly h: number;
  readonly minW: number;
  readonly minH: number;
}

/** A kind of widget: everything that the dashboard has to know of it. */
export interface WidgetDefinition<Settings> {
  /** Its name in stored layouts; never changes. */
  readonly type: string;
  readonly title: string;
  /** One line for who has never used it. */
  readonly hint: string;
  readonly size: WidgetSize;
  /** Settings from what was stored; whatever can't be used falls back to its default. */
  readonly read: (stored: Stored) => Settings;
  readonly View: FunctionComponent<WidgetProps<Settings>>;
}
