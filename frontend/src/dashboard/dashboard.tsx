import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { DASHBOARD } from "../base/words/dashboard.ts";
import { fetched } from "../widgets/fetched.tsx";
import type { Workspace } from "../widgets/workspace.ts";
import { CopyLink } from "./copyLink.tsx";
import { Grid } from "./grid.tsx";
import { onOpenedView } from "./host.ts";
import { Icon } from "./icons.tsx";
import { LayoutsMenu } from "./layouts.tsx";
import type { DashboardState } from "./state.ts";
import { Tabs } from "./tabs.tsx";
import { Toasts } from "./toasts.tsx";

const Palette = fetched(async () => (await import("./palette.tsx")).Palette);

interface DashboardProps {
  readonly workspace: Workspace;
  readonly state: DashboardState;
  /** Stands at the begin of the top bar. */
  readonly lead: ComponentChildren;
  /** Stands at its end. */
  readonly extras: ComponentChildren;
  /** Stands between the bar and the widgets. */
  readonly children: ComponentChildren;
}

/** The top bar, and the widgets of the open tab. */
export function Dashboard({ workspace, state, lead, extras, children }: DashboardProps) {
  useEffect(() => {
    const changed = (event: StorageEvent) => state.changedElsewhere(event);
    const typed = (event: KeyboardEvent) => {
      if (isUndoKey(event) && !isTextField(event.target) && state.undo()) event.preventDefault();
    };
    window.addEventListener("storage", changed);
    document.addEventListener("keydown", typed);
    const stop = onOpenedView((packed) => void state.open(packed));
    return () => {
      window.removeEventListener("storage", changed);
      document.removeEventListener("keydown", typed);
      stop();
    };
  }, [state]);
  return (
    <>
      <header class="top-bar" data-testid="top-bar">
        {lead}
        <Tabs state={state} />
        <AddWidget state={state} />
        <LayoutsMenu workspace={workspace} state={state} />
        <CopyLink state={state} />
        {extras}
      </header>
      {children}
      <Grid key={state.tab.value.id} workspace={workspace} state={state} />
      <Toasts state={state} />
    </>
  );
}

const isUndoKey = ({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): boolean =>
  key.toLowerCase() === "z" && (ctrlKey || metaKey) && !shiftKey && !altKey;

/** In a field the keys undo what was typed. */
const isTextField = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest("textarea, input:not([type=checkbox], [type=radio], [type=color], [type=range])") !== null;

function AddWidget({ state }: { readonly state: DashboardState }) {
  const { adding } = state;
  return (
    <>
      <button
        type="button"
        class="bar-button"
        title={DASHBOARD.addWidgetLong}
        aria-label={DASHBOARD.addWidgetLong}
        aria-haspopup="dialog"
        data-testid="add-widget"
        onClick={() => {
          adding.value = true;
        }}
      >
        <Icon name="add" />
        <span class="bar-word">{DASHBOARD.addWidget}</span>
      </button>
      {adding.value && <Palette state={state} close={() => (adding.value = false)} />}
    </>
  );
}
