import { DASHBOARD } from "../base/words/dashboard.ts";
import { Dialog } from "../widgets/dialog.tsx";
import { Pictogram } from "./pictograms.tsx";
import type { DashboardState } from "./state.ts";

interface PaletteProps {
  readonly state: DashboardState;
  readonly close: () => void;
}

/** Every kind of widget, with what it is for; picking one adds it. */
export const Palette = ({ state, close }: PaletteProps) => (
  <Dialog title={DASHBOARD.addWidgetLong} testId="palette" close={close}>
    <ul class="palette">
      {state.kinds.map((kind) => (
        <li key={kind.type}>
          <button
            type="button"
            data-testid={`add-${kind.type}`}
            onClick={() => {
              close();
              state.add(kind);
            }}
          >
            <Pictogram type={kind.type} />
            <b>{kind.title}</b>
            <span>{kind.hint}</span>
          </button>
        </li>
      ))}
    </ul>
  </Dialog>
);
