import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { DASHBOARD } from "../base/words/dashboard.ts";
import { Icon } from "./icons.tsx";
import type { Tab } from "./model.ts";
import type { DashboardState } from "./state.ts";

// Less is a click by an unsteady hand.
const DRAG_PX = 5;

/** The line of tabs: open, add, rename, close, and put in another order. */
export function Tabs({ state }: { readonly state: DashboardState }) {
  const { tabs, active } = state.layout.value;
  /** Id of the tab whose name is being typed. */
  const naming = useSignal<string | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const close = (tab: Tab) => {
    state.removeTab(tab);
    // What had the focus may be gone.
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(".active .tab-name")?.focus());
  };
  return (
    <nav class="tabs" aria-label={DASHBOARD.tabs}>
      <ul ref={list}>
        {tabs.map((tab, at) => (
          <li key={tab.id} class={tab.id === active ? "tab active" : "tab"} data-testid="tab">
            {naming.value === tab.id ? (
              <NameField tab={tab} state={state} naming={naming} />
            ) : (
              <TabButton tab={tab} at={at} state={state} naming={naming} list={list} close={close} />
            )}
            {tabs.length > 1 && (
              <button
                type="button"
                class="icon tab-close"
                aria-label={DASHBOARD.closeTab(tab.name)}
                data-testid="close-tab"
                onClick={() => close(tab)}
              >
                ×
              </button>
            )}
          </li>
        ))}
      </ul>
      <button
        type="button"
        class="icon"
        aria-label={DASHBOARD.addTab}
        title={DASHBOARD.addTab}
        data-testid="add-tab"
        onClick={() => {
          state.addTab();
          naming.value = state.layout.value.active;
        }}
      >
        <Icon name="plus" />
      </button>
    </nav>
  );
}

interface TabProps {
  readonly tab: Tab;
  readonly state: DashboardState;
  readonly naming: Signal<string | null>;
}

interface TabButtonProps extends TabProps {
  readonly at: number;
  readonly list: { readonly current: HTMLUListElement | null };
  readonly close: (tab: Tab) => void;
}

function TabButton({ tab, at, state, naming, list, close }: TabButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  const isActive = state.layout.value.active === tab.id;
  useEffect(() => {
    if (isActive) button.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [isActive]);
  const rename = () => {
    naming.value = tab.id;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "F2") rename();
    else if (event.key === "Delete") close(tab);
    else if (step && event.shiftKey) state.moveTab(tab.id, at + step);
    else return;
    event.preventDefault();
    // In another order its element may have been taken out and put in elsewhere.
    if (event.shiftKey) requestAnimationFrame(() => button.current?.focus());
  };
  return (
    <button
      type="button"
      class="tab-name"
      ref={button}
      aria-current={isActive}
      title={DASHBOARD.tabHint}
      onClick={() => state.openTab(tab.id)}
      onDblClick={rename}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.pointerType !== "touch" && dragTab(event, tab, state, list.current)}
    >
      <bdi>{tab.name}</bdi>
    </button>
  );
}

function NameField({ tab, state, naming }: TabProps) {
  const field = useRef<HTMLInputElement>(null);
  // Before it is seen, so that no key is lost that is pressed at once.
  useLayoutEffect(() => field.current?.select(), []);
  const done = (name: string) => {
    // Its own going takes the focus from it, too.
    if (naming.value !== tab.id) return;
    naming.value = null;
    state.renameTab(tab.id, name);
  };
  return (
    <input
      class="tab-field"
      ref={field}
      aria-label={DASHBOARD.tabName}
      data-testid="tab-field"
      defaultValue={tab.name}
      size={Math.max(6, Math.min(30, tab.name.length))}
      onBlur={(event) => done(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== "Escape") return;
        const item = event.currentTarget.closest("li");
        done(event.key === "Enter" ? event.currentTarget.value : "");
        requestAnimationFrame(() => item?.querySelector<HTMLElement>(".tab-name")?.focus());
      }}
    />
  );
}

/** Follows the pointer until it is lifted: the tab takes the place of each one whose middle it passes. */
function dragTab({ clientX }: PointerEvent, tab: Tab, state: DashboardState, list: HTMLElement | null): void {
  const listening = new AbortController();
  const { signal } = listening;
  const moved = (event: PointerEvent) => {
    if (Math.abs(event.clientX - clientX) < DRAG_PX || !list) return;
    const { tabs } = state.layout.value;
    const others = [...list.children].filter((_, i) => tabs[i]?.id !== tab.id);
    const to = others.filter((other) => {
      const { left, width } = other.getBoundingClientRect();
      return left + width / 2 < event.clientX;
    }).length;
    if (tabs[to]?.id !== tab.id) state.moveTab(tab.id, to);
  };
  document.addEventListener("pointermove", moved, { signal });
  document.addEventListener("pointerup", () => listening.abort(), { signal });
  document.addEventListener("pointercancel", () => listening.abort(), { signal });
}
