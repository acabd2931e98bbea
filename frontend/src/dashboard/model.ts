import { asArray, isRecord } from "../api/json.ts";
import { newId } from "../base/id.ts";
import { LAYOUT_ERRORS } from "../base/words/dashboard.ts";
import type { Stored } from "../widgets/widget.ts";
import { arranged, type Box, COLUMNS, freePlace, inReadingOrder } from "./arrange.ts";

/** A widget with its place. */
export interface Placed extends Box {
  /** Of its kind; one that is not known here is kept all the same. */
  readonly type: string;
  readonly settings: Stored;
}

export interface Tab {
  readonly id: string;
  readonly name: string;
  /** In the order in which they are read. */
  readonly widgets: readonly Placed[];
}

/** A whole dashboard; it has at least one tab. */
export interface Layout {
  readonly tabs: readonly Tab[];
  /** Id of the tab that is open. */
  readonly active: string;
}

/** Says what is wrong with a layout that somebody stored, edited or sent. */
export class LayoutError extends Error {}

const VERSION = 1;
const MOST_TABS = 50;
const MOST_WIDGETS = 200;
const MOST_ROWS = 200;
const LONGEST_NAME = 200;

// Reading and writing

/** A layout from JSON that anybody may have written; what can't be used is refused, with words that say why. */
export function readLayout(value: unknown): Layout {
  if (!isRecord(value) || !Array.isArray(value.tabs)) throw new LayoutError(LAYOUT_ERRORS.notALayout);
  if (value.version !== VERSION) throw new LayoutError(LAYOUT_ERRORS.version(String(value.version), VERSION));
  if (value.tabs.length === 0) throw new LayoutError(LAYOUT_ERRORS.noTabs);
  if (value.tabs.length > MOST_TABS) throw new LayoutError(LAYOUT_ERRORS.tooMany("tabs", MOST_TABS));
  const tabs = value.tabs.map((tab, i) => readTab(tab, `tabs[${i}]`));
  if (tabs.flatMap(({ widgets }) => widgets).length > MOST_WIDGETS) {
    throw new LayoutError(LAYOUT_ERRORS.tooMany("widgets", MOST_WIDGETS));
  }
  const [first] = tabs as [Tab, ...Tab[]];
  return { tabs, active: (tabs[Number(value.active)] ?? first).id };
}

function readTab(value: unknown, where: string): Tab {
  if (!isRecord(value)) throw new LayoutError(LAYOUT_ERRORS.wrong(where, LAYOUT_ERRORS.object, value));
  const { name } = value;
  if (typeof name !== "string")
    throw new LayoutError(LAYOUT_ERRORS.wrong(`${where}.name`, LAYOUT_ERRORS.text, name));
  const stored = asArray(value.widgets);
  // Before anything is done with them: to find their places takes long for very many.
  if (stored.length > MOST_WIDGETS) throw new LayoutError(LAYOUT_ERRORS.tooMany("widgets", MOST_WIDGETS));
  const widgets = stored.map((one, i) => readPlaced(one, `${where}.widgets[${i}]`));
  return { id: newId(), name: name.slice(0, LONGEST_NAME), widgets: inReadingOrder(arranged(widgets)) };
}

function readPlaced(value: unknown, where: string): Placed {
  if (!isRecord(value)) throw new LayoutError(LAYOUT_ERRORS.wrong(where, LAYOUT_ERRORS.object, value));
  const { type, settings = {} } = value;
  if (typeof type !== "string")
    throw new LayoutError(LAYOUT_ERRORS.wrong(`${where}.type`, LAYOUT_ERRORS.text, type));
  if (!isRecord(settings)) {
    throw new LayoutError(LAYOUT_ERRORS.wrong(`${where}.settings`, LAYOUT_ERRORS.object, settings));
  }
  const cell = (name: string, least: number, most: number): number => {
    const cells = value[name];
    if (Number.isInteger(cells) && Number(cells) >= least && Number(cells) <= most) return Number(cells);
    throw new LayoutError(LAYOUT_ERRORS.wrong(`${where}.${name}`, LAYOUT_ERRORS.whole(least, most), cells));
  };
  const w = cell("w", 1, COLUMNS);
  const h = cell("h", 1, MOST_ROWS);
  return {
    id: newId(),
    type,
    x: cell("x", 0, COLUMNS - w),
    y: cell("y", 0, MOST_ROWS * MOST_WIDGETS),
    w,
    h,
    settings,
  };
}

/** What `readLayout` reads; ids are not in it, because they are given anew. */
export const writeLayout = ({ tabs, active }: Layout): Stored => ({
  version: VERSION,
  active: tabs.findIndex((tab) => tab.id === active),
  tabs: tabs.map(({ name, widgets }) => ({
    name,
    widgets: widgets.map(({ type, x, y, w, h, settings }) => ({ type, x, y, w, h, settings })),
  })),
});

/** Whether two layouts have the same widgets in the same places, whatever these show. */
export const isSameShape = (a: Layout, b: Layout): boolean => shape(a) === shape(b);

const shape = ({ tabs }: Layout): string =>
  JSON.stringify(
    tabs.map(({ name, widgets }) => [name, widgets.map(({ type, x, y, w, h }) => [type, x, y, w, h])]),
  );

// Looking

export const activeTab = ({ tabs, active }: Layout): Tab =>
  tabs.find((tab) => tab.id === active) ?? (tabs as [Tab, ...Tab[]])[0];

export function tabOf(layout: Layout, widget: string): Tab | null {
  return layout.tabs.find(({ widgets }) => widgets.some(({ id }) => id === widget)) ?? null;
}

export function widgetOf(layout: Layout, widget: string): Placed | null {
  return tabOf(layout, widget)?.widgets.find(({ id }) => id === widget) ?? null;
}

/** Why one more could not be read again; null: it could. */
export function whyFull({ tabs }: Layout, what: "tabs" | "widgets"): string | null {
  const [count, most] =
    what === "tabs"
      ? [tabs.length, MOST_TABS]
      : [tabs.reduce((sum, { widgets }) => sum + widgets.length, 0), MOST_WIDGETS];
  return count < most ? null : LAYOUT_ERRORS.full(what, most);
}

// Widgets

const changeTab = (layout: Layout, id: string, change: (tab: Tab) => Tab): Layout => ({
  ...layout,
  tabs: layout.tabs.map((tab) => (tab.id === id ? change(tab) : tab)),
});

const withWidgets = (layout: Layout, tab: string, widgets: readonly Placed[]): Layout =>
  changeTab(layout, tab, (before) => ({ ...before, widgets }));

/** Adds a widget to the open tab, where there is room for it; it comes with its id. */
export function addWidget(
  layout: Layout,
  { type, w, h, settings = {} }: Pick<Placed, "type" | "w" | "h"> & { readonly settings?: Stored },
): { readonly layout: Layout; readonly id: string } {
  const { id: tab, widgets } = activeTab(layout);
  const added = { id: newId(), type, settings, w, h, ...freePlace(widgets, w, h) };
  return { layout: withWidgets(layout, tab, inReadingOrder([...widgets, added])), id: added.id };
}

/** A second one of a widget, with the same settings, right under the first. */
export function duplicateWidget(
  layout: Layout,
  id: string,
): { readonly layout: Layout; readonly id: string } | null {
  const tab = tabOf(layout, id);
  const original = widgetOf(layout, id);
  if (!tab || !original) return null;
  const copy = { ...original, id: newId(), y: original.y + original.h };
  const widgets = inReadingOrder(arranged([...tab.widgets, copy], copy.id));
  return { layout: withWidgets(layout, tab.id, widgets), id: copy.id };
}

export interface Removed {
  readonly layout: Layout;
  /** Puts it back where it was, into whatever the layout is by then. */
  readonly undo: (layout: Layout) => Layout;
}

export function removeWidget(layout: Layout, id: string): Removed | null {
  const tab = tabOf(layout, id);
  const removed = widgetOf(layout, id);
  if (!tab || !removed) return null;
  const rest = tab.widgets.filter((widget) => widget !== removed);
  const undo = (now: Layout): Layout =>
    changeTab(now, now.tabs.some((one) => one.id === tab.id) ? tab.id : now.active, (before) => ({
      ...before,
      widgets: inReadingOrder(arranged([...before.widgets, removed], removed.id)),
    }));
  return { layout: withWidgets(layout, tab.id, arranged(rest)), undo };
}

/** Widgets of one tab at their new places; those that are not named keep theirs. */
export function placeWidgets(layout: Layout, tab: string, boxes: readonly Box[]): Layout {
  const places = new Map(boxes.map(({ id, x, y, w, h }) => [id, { x, y, w, h: Math.min(h, MOST_ROWS) }]));
  return changeTab(layout, tab, (before) => ({
    ...before,
    widgets: arranged(before.widgets.map((widget) => ({ ...widget, ...places.get(widget.id) }))),
  }));
}

/** Widgets in the order in which they are read, which is not that in which they were moved. */
export const sortWidgets = (layout: Layout, tab: string): Layout =>
  changeTab(layout, tab, (before) => ({ ...before, widgets: inReadingOrder(before.widgets) }));

export function changeSettings(layout: Layout, id: string, settings: Stored): Layout {
  const tab = tabOf(layout, id);
  if (!tab) return layout;
  const widgets = tab.widgets.map((widget) => (widget.id === id ? { ...widget, settings } : widget));
  return withWidgets(layout, tab.id, widgets);
}

// Tabs

export const openTab = (layout: Layout, active: string): Layout => ({ ...layout, active });

export function addTab(layout: Layout, name: string): Layout {
  const tab = { id: newId(), name, widgets: [] };
  return { tabs: [...layout.tabs, tab], active: tab.id };
}

/** An empty name is none: the tab keeps the one it has. */
export function renameTab(layout: Layout, id: string, name: string): Layout {
  const trimmed = name.trim().slice(0, LONGEST_NAME);
  return trimmed === "" ? layout : changeTab(layout, id, (tab) => ({ ...tab, name: trimmed }));
}

/** Null for the last tab, which stays. */
export function removeTab(layout: Layout, id: string): Removed | null {
  const at = layout.tabs.findIndex((tab) => tab.id === id);
  const removed = layout.tabs[at];
  const rest = layout.tabs.filter((tab) => tab.id !== id);
  const next = rest[Math.min(at, rest.length - 1)];
  if (!removed || !next) return null;
  const active = layout.active === id ? next.id : layout.active;
  const undo = (now: Layout): Layout => ({
    tabs: [...now.tabs.slice(0, at), removed, ...now.tabs.slice(at)],
    active: id,
  });
  return { layout: { tabs: rest, active }, undo };
}

/** Moves a tab to another place in the line, counted from 0. */
export function moveTab(layout: Layout, id: string, to: number): Layout {
  const moved = layout.tabs.find((tab) => tab.id === id);
  if (!moved) return layout;
  const rest = layout.tabs.filter((tab) => tab.id !== id);
  const place = Math.max(0, Math.min(rest.length, to));
  return { ...layout, tabs: [...rest.slice(0, place), moved, ...rest.slice(place)] };
}
