import type { ComponentChildren } from "preact";
import { CONFIRM } from "../base/words/rights.ts";
import { Dialog } from "./dialog.tsx";

interface ConfirmProps {
  readonly title: string;
  /** What will be lost, and what not. */
  readonly children: ComponentChildren;
  /** On the button that does it. */
  readonly act: string;
  readonly close: () => void;
  readonly run: () => void;
}

/** Asks before something is destroyed; the way back comes first. */
export const Confirm = ({ title, children, act, close, run }: ConfirmProps) => (
  <Dialog title={title} testId="confirm" close={close}>
    <div class="confirm-words">{children}</div>
    <footer class="confirm-acts">
      <button type="button" class="plain" data-testid="confirm-cancel" onClick={close}>
        {CONFIRM.cancel}
      </button>
      <button
        type="button"
        class="plain destroys"
        data-testid="confirm-act"
        onClick={() => {
          close();
          run();
        }}
      >
        {act}
      </button>
    </footer>
  </Dialog>
);
