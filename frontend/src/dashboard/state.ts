import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { DASHBOARD, LAYOUTS, LINK, UNDO, WIDGET_MENU } from "../base/words/dashboard.ts";
import type { Kind } from "../widgets/kind.tsx";
import type { Stored } from "../widgets/widget.ts";
import type { Box, LeastSize } from "./arrange.ts";
import { firstLayout, startLayout } from "./defaults.ts";
import type { Keeper } from "./keep.ts";
import { packView, type SharedView, unpackView } from "./link.ts";
import {
  activeTab,
  addTab,
  addWidget,
  changeSettings,
  duplicateWidget,
  isSameShape,
  type Layout,
  LayoutError,
  moveTab,
  openTab,
  placeWidgets,
  type Removed,
  removeTab,
  removeWidget,
  renameTab,
  sortWidgets,
  type Tab,
  whyFull,
  widgetOf,
} from "./model.ts";

/** What else a link carries and a person's own view has: runs and tag. */
export interface Picks {
  readPicks(): Stored;
  showPicks(stored: Stored): void;
  /** Whether from now on what is picked is a person's own, to be found again after a reload. */
  keepPicks(kept: boolean): void;
}

/** Something that happened, with what may be done about it. */
export interface Notice {
  readonly text: string;
  readonly actions: readonly Action[];
  /** Stays until it is closed. */
  readonly stays: boolean;
}

export interface Action {
  readonly label: string;
  /** By which it is done as well. */
  readonly keys?: string;
  readonly run: () => void;
}

interface Undoable {
  /** While it is shown, whatever was changed since. */
  readonly notice: Notice | null;
  readonly run: () => void;
  /** What the change led to: what came later is not lost with it. */
  readonly after: Layout;
}

const LEAST_OF_UNKNOWN: LeastSize = { minW: 1, minH: 1 };

/** The dashboard: what is on it, what was done to it, and how it is kept. */
export class DashboardState {
  readonly layout: ReadonlySignal<Layout>;
  readonly tab: ReadonlySignal<Tab>;
  readonly notice = signal<Notice | null>(null);
  /** Id of the widget that fills the tab. */
  readonly full = signal<string | null>(null);
  /** Said to screen readers. */
  readonly said = signal("");
  /** Id of the widget to be shown and focused next. */
  readonly wanted = signal<string | null>(null);
  /** Whether the kinds of widgets are offered. */
  readonly adding = signal(false);
  readonly ownNames = signal<readonly string[]>([]);
  /** What was there before a link was opened; null: no link was. */
  readonly mine = signal<SharedView | null>(null);

  private undoable: Undoable | null = null;
  private readonly shown = signal<Layout>(firstLayout([]));

  constructor(
    readonly kinds: readonly Kind[],
    private readonly keeper: Keeper,
    private readonly picks: Picks,
  ) {
    this.layout = this.shown;
    this.tab = computed(() => activeTab(this.layout.value));
    this.shown.value = this.read();
    this.ownNames.value = keeper.names();
    effect(() => {
      picks.keepPicks(this.mine.value === null);
      if (this.mine.value === null) keeper.write(this.layout.value);
    });
  }

  kindOf(type: string): Kind | null {
    return this.kinds.find((kind) => kind.type === type) ?? null;
  }

  leastOf(type: string): LeastSize {
    return this.kindOf(type)?.size ?? LEAST_OF_UNKNOWN;
  }

  say(text: string): void {
    this.said.value = text;
  }

  tell(text: string, actions: readonly Action[] = []): void {
    this.notice.value = { text, actions, stays: false };
  }

  /** Says what was done to the dashboard, and keeps how it is undone. */
  private tellUndo(text: string, run: () => void): void {
    const once = () => {
      this.undoable = null;
      run();
    };
    this.tell(text, [{ label: UNDO.label, keys: UNDO.keys, run: once }]);
    this.undoable = { notice: this.notice.value, run: once, after: this.layout.value };
  }

  /** Takes back the last change that said how; false: there is none, or the dashboard was changed since. */
  undo(): boolean {
    const { undoable } = this;
    if (undoable === null) return false;
    const isSaid = this.notice.value === undoable.notice;
    if (!isSaid && !isSameShape(undoable.after, this.layout.value)) return false;
    if (isSaid) this.notice.value = null;
    undoable.run();
    return true;
  }

  warn(text: string, actions: readonly Action[] = []): void {
    this.notice.value = { text, actions, stays: true };
  }

  /** Whether no more can be added, which is then said. */
  private isFull(what: "tabs" | "widgets"): boolean {
    const why = whyFull(this.layout.value, what);
    if (why !== null) this.warn(why);
    return why !== null;
  }

  // Widgets

  add(kind: Kind): void {
    if (this.isFull("widgets")) return;
    const { type, size, title } = kind;
    const { layout, id } = addWidget(this.layout.value, { type, w: size.w, h: size.h });
    batch(() => {
      this.shown.value = layout;
      this.wanted.value = id;
      this.say(DASHBOARD.added(title));
    });
  }

  duplicate(id: string): void {
    if (this.isFull("widgets")) return;
    const copied = duplicateWidget(this.layout.value, id);
    if (!copied) return;
    batch(() => {
      this.shown.value = copied.layout;
      this.wanted.value = copied.id;
      this.full.value = null;
    });
  }

  remove(id: string, title: string): void {
    if (this.full.value === id) this.full.value = null;
    this.take(removeWidget(this.layout.value, id), WIDGET_MENU.removed(title));
  }

  place(boxes: readonly Box[]): void {
    this.shown.value = placeWidgets(this.layout.value, this.tab.value.id, boxes);
  }

  /** After widgets were moved: what is read and tabbed through goes by their places. */
  sort(): void {
    this.shown.value = sortWidgets(this.layout.value, this.tab.value.id);
  }

  keepSettings(id: string, settings: Stored): void {
    const before = widgetOf(this.layout.peek(), id);
    if (!before || JSON.stringify(before.settings) === JSON.stringify(settings)) return;
    this.shown.value = changeSettings(this.layout.peek(), id, settings);
  }

  // Tabs

  openTab(id: string): void {
    this.full.value = null;
    this.shown.value = openTab(this.layout.value, id);
  }

  addTab(): void {
    if (this.isFull("tabs")) return;
    this.full.value = null;
    this.shown.value = addTab(this.layout.value, DASHBOARD.newTab);
  }

  renameTab(id: string, name: string): void {
    this.shown.value = renameTab(this.layout.value, id, name);
  }

  moveTab(id: string, to: number): void {
    this.shown.value = moveTab(this.layout.value, id, to);
    const { tabs } = this.layout.value;
    const at = tabs.findIndex((tab) => tab.id === id);
    this.say(DASHBOARD.tabMoved(tabs[at]?.name ?? "", at + 1, tabs.length));
  }

  removeTab({ id, name }: Tab): void {
    this.take(removeTab(this.layout.value, id), DASHBOARD.tabRemoved(name));
  }

  private take(removed: Removed | null, text: string): void {
    if (!removed) return;
    this.shown.value = removed.layout;
    this.tellUndo(text, () => {
      this.shown.value = removed.undo(this.layout.value);
    });
  }

  // Layouts

  /** Another layout in place of this one, which can be had back. */
  replace(layout: Layout, text: string): void {
    const before = this.layout.value;
    this.full.value = null;
    this.shown.value = layout;
    this.tellUndo(text, () => {
      this.shown.value = before;
    });
  }

  /** To start the first training from. */
  showStart(): void {
    this.replace(startLayout(this.kinds), LAYOUTS.applied(LAYOUTS.live));
  }

  reset(): void {
    this.replace(firstLayout(this.kinds), LAYOUTS.wasReset);
  }

  saveAs(name: string): void {
    if (this.keeper.save(name, this.layout.value)) this.tell(LAYOUTS.saved(name));
    else this.warn(LAYOUTS.notSaved);
    this.ownNames.value = this.keeper.names();
  }

  applyOwn(name: string): void {
    try {
      this.replace(this.keeper.named(name), LAYOUTS.applied(name));
    } catch (error) {
      if (!(error instanceof LayoutError)) throw error;
      this.warn(LAYOUTS.notImported(name, error.message));
    }
  }

  forgetOwn(name: string): void {
    const restore = this.keeper.forget(name);
    this.ownNames.value = this.keeper.names();
    this.tellUndo(LAYOUTS.forgotten(name), () => {
      restore();
      this.ownNames.value = this.keeper.names();
    });
  }

  private read(): Layout {
    try {
      return this.keeper.read() ?? firstLayout(this.kinds);
    } catch (error) {
      if (!(error instanceof LayoutError)) throw error;
      this.keeper.setAside();
      this.warn(LAYOUTS.unreadable(error.message));
      return firstLayout(this.kinds);
    }
  }

  /** When another window of the browser saved: a dashboard of another shape is not taken over unasked. */
  changedElsewhere(event: StorageEvent): void {
    const other = this.keeper.readChange(event);
    if (!other || this.mine.value || isSameShape(other, this.layout.value)) return;
    this.warn(LAYOUTS.elsewhere, [
      { label: LAYOUTS.loadIt, run: () => this.show(other) },
      { label: LAYOUTS.keepMine, run: () => this.keeper.write(this.layout.value) },
    ]);
  }

  private show(layout: Layout): void {
    this.full.value = null;
    this.shown.value = layout;
  }

  // Links

  /** This very view, packed for a link. */
  packed(): Promise<string> {
    return packView({ layout: this.layout.value, picked: this.picks.readPicks() });
  }

  /** Shows what a link carries; what was there before stays saved, and can be had back. */
  async open(packed: string): Promise<void> {
    try {
      const view = await unpackView(packed);
      batch(() => {
        this.mine.value ??= { layout: this.layout.value, picked: this.picks.readPicks() };
        this.showView(view);
      });
    } catch (error) {
      if (!(error instanceof LayoutError)) throw error;
      this.warn(LINK.broken(error.message));
    }
  }

  /** From now on what the link brought is one's own. */
  keepOpened(): void {
    this.mine.value = null;
  }

  backToMine(): void {
    const { mine } = this;
    if (mine.value === null) return;
    batch(() => {
      if (mine.value) this.showView(mine.value);
      mine.value = null;
    });
  }

  private showView({ layout, picked }: SharedView): void {
    this.show(layout);
    this.picks.showPicks(picked);
  }
}
