import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { STRINGS } from "../base/strings.ts";
import { LINK } from "../base/words/dashboard.ts";
import { forgetView } from "./host.ts";
import type { Action, DashboardState, Notice } from "./state.ts";

const SHOWN_MS = 6_000;

/** What happened, over the foot of the page, so that nothing moves. */
export function Toasts({ state }: { readonly state: DashboardState }) {
  const { notice, mine, said } = state;
  return (
    <div class="toasts">
      <div role="status" data-testid="notice">
        {notice.value && (
          <Toast key={notice.value.text} notice={notice.value} close={() => (notice.value = null)} />
        )}
      </div>
      {mine.value && <OpenedFromLink state={state} />}
      <div class="unseen" aria-live="assertive" data-testid="said">
        {said.value}
      </div>
    </div>
  );
}

function Toast({ notice, close }: { readonly notice: Notice; readonly close: () => void }) {
  const held = useSignal(false);
  const { text, actions, stays } = notice;
  const isHeld = held.value || stays;
  useEffect(() => {
    if (isHeld) return undefined;
    const timer = setTimeout(close, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice, isHeld]);
  const hold = () => {
    held.value = true;
  };
  const release = () => {
    held.value = false;
  };
  return (
    <div class="toast" onPointerEnter={hold} onPointerLeave={release} onFocusIn={hold} onFocusOut={release}>
      <span>{text}</span>
      {actions.map((action) => (
        <ActionButton key={action.label} action={action} close={close} />
      ))}
      <button type="button" class="icon" aria-label={STRINGS.dismiss} onClick={close}>
        ×
      </button>
    </div>
  );
}

const ActionButton = ({ action, close }: { readonly action: Action; readonly close: () => void }) => (
  <button
    type="button"
    class="link"
    title={action.keys}
    onClick={() => {
      close();
      action.run();
    }}
  >
    {action.label}
  </button>
);

function OpenedFromLink({ state }: { readonly state: DashboardState }) {
  const keep = () => {
    state.keepOpened();
    forgetView();
  };
  const back = () => {
    state.backToMine();
    forgetView();
  };
  return (
    <div class="toast" role="status" data-testid="opened-from-link">
      <span>{LINK.opened}</span>
      <button type="button" class="link" onClick={keep}>
        {LINK.keep}
      </button>
      <button type="button" class="link" onClick={back}>
        {LINK.back}
      </button>
    </div>
  );
}
