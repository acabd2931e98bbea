import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Dashboard } from "../dashboard/dashboard.tsx";
import type { DashboardState } from "../dashboard/state.ts";
import { fetchAhead, fetched } from "../widgets/fetched.tsx";
import { GlossaryButton } from "./explain/button.tsx";
import { FetchedExplain } from "./explain/fetched.tsx";
import { GoneBanner, Notices } from "./notices.tsx";
import { MenuButton, Sidebar } from "./sidebar.tsx";
import type { AppState } from "./state.ts";
import { Placeholder } from "./states.tsx";

const TokenDialog = fetched(async () => (await import("./tokenDialog.tsx")).TokenDialog);

interface AppProps {
  readonly state: AppState;
  readonly dashboard: DashboardState;
}

export function App({ state, dashboard }: AppProps) {
  useSignalEffect(() => {
    document.documentElement.dataset.theme = state.display.brightness.value;
    document.documentElement.dataset.colours = state.display.scheme.value;
  });
  const glossary = useSignal<string | null>(null);
  const { sidebar } = state;
  const { asking } = state.rights;
  const isDrawn = state.hasAnything.value;
  useEffect(() => {
    if (isDrawn) fetchAhead();
  }, [isDrawn]);
  const enter = () => {
    dashboard.showStart();
    state.isEntered.value = true;
  };
  if (!isDrawn) return <Placeholder state={state} enter={enter} />;
  return (
    <div
      class={sidebar.shown.value ? "app sidebar-open" : "app"}
      style={{ "--sidebar": `${sidebar.widthPx.value}px` }}
    >
      <Sidebar state={state} />
      <main inert={sidebar.drawerOpen.value}>
        <Dashboard
          workspace={state}
          state={dashboard}
          lead={<MenuButton sidebar={sidebar} />}
          extras={<GlossaryButton at={glossary} />}
        >
          <Notices state={state} />
        </Dashboard>
        <GoneBanner state={state} />
      </main>
      <FetchedExplain at={glossary} tours={dashboard.mine.value === null} />
      {asking.value && <TokenDialog asking={asking.value} />}
    </div>
  );
}
