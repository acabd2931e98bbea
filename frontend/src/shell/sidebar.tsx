import { useLayoutEffect, useRef } from "preact/hooks";
import { STRINGS } from "../base/strings.ts";
import { SIDEBAR } from "../base/words/sidebar.ts";
import { DisplayMenu } from "./displayMenu.tsx";
import { Icon } from "./icons.tsx";
import { isLoading, LoadingBar } from "./notices.tsx";
import { RunTree } from "./runTree.tsx";
import { NARROWEST_PX, type SidebarState, WIDEST_PX } from "./sidebarState.ts";
import type { AppState } from "./state.ts";
import { TagTree } from "./tagTree.tsx";

const KEY_STEP_PX = 16;

/** Runs and tags: beside the dashboard where there is room, else a drawer over it. */
export function Sidebar({ state }: { readonly state: AppState }) {
  const { sidebar } = state;
  const runs = state.runs.value;
  const drawer = useDrawer(sidebar);
  return (
    <>
      <aside class="sidebar" id="sidebar" ref={drawer} tabIndex={-1} aria-label={SIDEBAR.region}>
        <RunTree state={state} />
        <TagTree state={state} />
        {runs && isLoading(runs) && <LoadingBar runs={runs} where="side" />}
        <footer class="sidebar-foot">
          <DisplayMenu display={state.display} />
          <button
            type="button"
            class="tool"
            aria-label={SIDEBAR.collapse}
            title={SIDEBAR.collapse}
            data-testid="sidebar-collapse"
            onClick={() => sidebar.toggle()}
          >
            <Icon name="collapse" />
          </button>
        </footer>
        <Separator sidebar={sidebar} />
      </aside>
      {sidebar.drawerOpen.value && (
        <button
          type="button"
          class="scrim"
          aria-label={STRINGS.hideSidebar}
          onClick={() => sidebar.closeDrawer()}
        />
      )}
    </>
  );
}

/** A drawer takes the focus as it opens, gives it back as it closes, and closes on Escape. */
function useDrawer({ drawerOpen, closeDrawer }: SidebarState) {
  const drawer = useRef<HTMLElement>(null);
  const open = drawerOpen.value;
  useLayoutEffect(() => {
    if (!open) return undefined;
    const before = document.activeElement;
    drawer.current?.focus({ preventScroll: true });
    const typed = (event: KeyboardEvent) => {
      // What lies over the drawer closes first.
      if (event.key === "Escape" && !drawer.current?.querySelector(":popover-open")) closeDrawer();
    };
    // Before the page's own handlers, which would close what lies over it, so that it would not be seen here.
    document.addEventListener("keydown", typed, { capture: true });
    return () => {
      document.removeEventListener("keydown", typed, { capture: true });
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, [open, closeDrawer]);
  return drawer;
}

/** The edge that is pulled to make the sidebar wider or narrower. */
function Separator({ sidebar }: { readonly sidebar: SidebarState }) {
  const { widthPx } = sidebar;
  const onKeyDown = (event: KeyboardEvent) => {
    const width = widthPx.value;
    const moves: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => sidebar.resize(width - KEY_STEP_PX),
      ArrowRight: () => sidebar.resize(width + KEY_STEP_PX),
      Home: () => sidebar.resize(NARROWEST_PX),
      End: () => sidebar.resize(WIDEST_PX),
      Enter: () => sidebar.toggle(),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule can't be moved
    <div
      class="edge"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={SIDEBAR.sidebarWidth}
      aria-controls="sidebar"
      aria-valuenow={widthPx.value}
      aria-valuemin={NARROWEST_PX}
      aria-valuemax={WIDEST_PX}
      title={SIDEBAR.edgeHint}
      data-testid="sidebar-edge"
      onKeyDown={onKeyDown}
      onDblClick={() => sidebar.resetWidth()}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) sidebar.resize(event.clientX);
      }}
    />
  );
}

/** Opens the sidebar where it is closed. */
export function MenuButton({ sidebar }: { readonly sidebar: SidebarState }) {
  const { shown } = sidebar;
  return (
    <button
      type="button"
      class="icon menu"
      data-testid="sidebar-toggle"
      aria-controls="sidebar"
      aria-expanded={shown.value}
      aria-label={shown.value ? STRINGS.hideSidebar : STRINGS.showSidebar}
      onClick={() => sidebar.toggle()}
    >
      ☰
    </button>
  );
}
