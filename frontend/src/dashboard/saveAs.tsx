import { LAYOUTS } from "../base/words/dashboard.ts";
import { Dialog } from "../widgets/dialog.tsx";
import type { DashboardState } from "./state.ts";

interface SaveAsProps {
  readonly state: DashboardState;
  readonly close: () => void;
}

/** Asks for the name of a layout of one's own. */
export function SaveAs({ state, close }: SaveAsProps) {
  const save = (event: SubmitEvent) => {
    event.preventDefault();
    const name = new FormData(event.currentTarget as HTMLFormElement).get("name");
    if (typeof name !== "string" || name.trim() === "") return;
    close();
    state.saveAs(name.trim());
  };
  return (
    <Dialog title={LAYOUTS.saveTitle} testId="save-dialog" close={close}>
      <form class="save-form" onSubmit={save}>
        <label>
          {LAYOUTS.name}
          <input
            // Where the dialog opens, and not on what closes it.
            autoFocus
            class="filter"
            name="name"
            required
            maxLength={80}
            defaultValue={state.tab.value.name}
            onFocus={(event) => event.currentTarget.select()}
          />
        </label>
        <footer>
          <button type="button" class="plain" onClick={close}>
            {LAYOUTS.cancel}
          </button>
          <button type="submit" class="plain primary">
            {LAYOUTS.save}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
