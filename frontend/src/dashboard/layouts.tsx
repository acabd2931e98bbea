import { type Signal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { fileName } from "../base/fileName.ts";
import { LAYOUTS } from "../base/words/dashboard.ts";
import { fetched } from "../widgets/fetched.tsx";
import { Menu, type MenuGroup } from "../widgets/menu.tsx";
import { Popover } from "../widgets/popover.tsx";
import type { Workspace } from "../widgets/workspace.ts";
import { READY_MADE, readyMade, seenIn } from "./defaults.ts";
import { download } from "./host.ts";
import { Icon } from "./icons.tsx";
import { readFile } from "./keep.ts";
import { LayoutError, writeLayout } from "./model.ts";
import type { DashboardState } from "./state.ts";

const SaveAs = fetched(async () => (await import("./saveAs.tsx")).SaveAs);

interface LayoutsMenuProps {
  readonly workspace: Workspace;
  readonly state: DashboardState;
}

/** Ready-made and own layouts, files of them, and the way back to the first one. */
export function LayoutsMenu({ workspace, state }: LayoutsMenuProps) {
  const saving = useSignal(false);
  const file = useRef<HTMLInputElement>(null);
  return (
    <>
      <Popover
        button={{ class: "bar-button", title: LAYOUTS.button, "data-testid": "layouts" }}
        face={
          <>
            <Icon name="layouts" />
            <span class="bar-word">{LAYOUTS.button}</span>
          </>
        }
        name={LAYOUTS.button}
        placement="bottom-end"
      >
        {(close) => (
          <Menu groups={groups(workspace, state, saving, () => file.current?.click())} close={close} />
        )}
      </Popover>
      <input
        type="file"
        hidden
        ref={file}
        accept=".json,application/json"
        aria-label={LAYOUTS.imported}
        data-testid="import-file"
        onChange={({ currentTarget }) => {
          const [chosen] = currentTarget.files ?? [];
          if (chosen) void importFile(chosen, state);
          // The same file can be chosen again.
          currentTarget.value = "";
        }}
      />
      {saving.value && <SaveAs state={state} close={() => (saving.value = false)} />}
    </>
  );
}

function groups(
  workspace: Workspace,
  state: DashboardState,
  saving: Signal<boolean>,
  choose: () => void,
): MenuGroup[] {
  const ready = READY_MADE.map((layout) => ({
    name: layout.name,
    testId: `layout ${layout.name}`,
    run: () => state.replace(readyMade(layout, state.kinds, seenIn(workspace)), LAYOUTS.applied(layout.name)),
  }));
  const own = state.ownNames.value.map((name) => ({
    name,
    testId: `own ${name}`,
    run: () => state.applyOwn(name),
    aside: <Forget name={name} state={state} />,
  }));
  const openSaving = () => {
    saving.value = true;
  };
  const files = [
    { name: LAYOUTS.saveAs, testId: "save-as", run: openSaving },
    { name: LAYOUTS.exported, testId: "export-layout", run: () => exportFile(state) },
    { name: LAYOUTS.imported, testId: "import-layout", run: choose },
    { name: LAYOUTS.reset, testId: "reset", run: () => state.reset() },
  ];
  return [
    { name: LAYOUTS.defaults, entries: ready },
    ...(own.length > 0 ? [{ name: LAYOUTS.own, entries: own }] : []),
    { entries: files },
  ];
}

const Forget = ({ name, state }: { readonly name: string; readonly state: DashboardState }) => (
  <button
    type="button"
    class="icon"
    aria-label={LAYOUTS.forget(name)}
    title={LAYOUTS.forget(name)}
    data-testid={`forget ${name}`}
    onClick={() => state.forgetOwn(name)}
  >
    ×
  </button>
);

function exportFile(state: DashboardState): void {
  const text = `${JSON.stringify(writeLayout(state.layout.value), null, 2)}\n`;
  download(text, "application/json", fileName(`${LAYOUTS.fileName} ${state.tab.value.name}`, "json"));
}

async function importFile(file: File, state: DashboardState): Promise<void> {
  try {
    state.replace(await readFile(file), LAYOUTS.importedFrom(file.name));
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    state.warn(LAYOUTS.notImported(file.name, error.message));
  }
}
