import { useSignal, useSignalEffect } from "@preact/signals";
import { STRINGS } from "../base/strings.ts";
import { Dashboard } from "../dashboard/dashboard.tsx";
import type { DashboardState } from "../dashboard/state.ts";
import { Explain, GlossaryButton } from "./explain/explain.tsx";
import { GoneBanner, isLoading, LoadingBar, Notices } from "./notices.tsx";
import { RunList } from "./runList.tsx";
import type { AppState } from "./state.ts";
import { Placeholder } from "./states.tsx";
import { TagList } from "./tagList.tsx";

interface AppProps {
  readonly state: AppState;
  readonly dashboard: DashboardState;
}

export function App({ state, dashboard }: AppProps) {
  useSignalEffect(() => {
    document.documentElement.dataset.theme = state.theme.value;
  });
  const glossary = useSignal<string | null>(null);
  const runs = state.runs.value;
  if (state.choice.value.tag === null) return <Placeholder state={state} />;
  return (
    <div class={state.sidebarOpen.value ? "app sidebar-open" : "app"}>
      <aside class="sidebar" id="sidebar">
        <RunList state={state} />
        <TagList state={state} />
        {runs && isLoading(runs) && <LoadingBar runs={runs} where="side" />}
      </aside>
      <Scrim state={state} />
      <main>
        <Dashboard
          workspace={state}
          state={dashboard}
          lead={<MenuButton state={state} />}
          extras={<GlossaryButton at={glossary} />}
        >
          <Notices state={state} />
        </Dashboard>
        <GoneBanner state={state} />
      </main>
      <Explain at={glossary} />
    </div>
  );
}

/** Covers the chart while the sidebar lies over it on a narrow screen; a tap on it closes the sidebar. */
function Scrim({ state }: { readonly state: AppState }) {
  if (!state.sidebarOpen.value) return null;
  const close = () => {
    state.sidebarOpen.value = false;
  };
  return <button type="button" class="scrim" aria-label={STRINGS.hideSidebar} onClick={close} />;
}

/** Opens the sidebar where it is not always open. */
function MenuButton({ state }: { readonly state: AppState }) {
  const { sidebarOpen } = state;
  return (
    <button
      type="button"
      class="icon menu"
      data-testid="sidebar-toggle"
      aria-controls="sidebar"
      aria-expanded={sidebarOpen.value}
      aria-label={sidebarOpen.value ? STRINGS.hideSidebar : STRINGS.showSidebar}
      onClick={() => {
        sidebarOpen.value = !sidebarOpen.value;
      }}
    >
      ☰
    </button>
  );
}
