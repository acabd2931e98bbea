import { type Signal, useSignal } from "@preact/signals";
import { useContext, useEffect, useRef } from "preact/hooks";
import { MOVING } from "../base/words/dashboard.ts";
import { type Box, grown, nudged } from "./arrange.ts";
import { Hands } from "./hands.ts";
import { widgetOf } from "./model.ts";
import { HANDLE_CLASS } from "./stack.ts";
import type { DashboardState } from "./state.ts";

interface HandleProps {
  readonly id: string;
  readonly title: Signal<string>;
  readonly state: DashboardState;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Where a widget is taken hold of: by the pointer, or by keys that do the same. */
export function Handle({ id, title, state }: HandleProps) {
  const hands = useContext(Hands);
  const button = useRef<HTMLButtonElement>(null);
  const { before, grab, drop, onKeyDown } = useGrip(id, title, state, button);
  useEffect(() => {
    const item = button.current?.closest<HTMLElement>("[data-id]");
    if (item) hands?.handleDrawn(item);
    if (hands?.focused.id === id && document.activeElement === document.body)
      button.current?.focus({ preventScroll: true });
  }, [hands, id]);
  if (hands?.room.value?.isNarrow) return null;
  return (
    <button
      type="button"
      class={`icon ${HANDLE_CLASS}`}
      data-testid="handle"
      ref={button}
      aria-label={MOVING.handle(title.value)}
      aria-pressed={before.value !== null}
      title={MOVING.hint}
      // A screen reader's click; the mouse drags.
      onClick={({ detail }) => detail === 0 && before.value === null && grab()}
      onKeyDown={onKeyDown}
      onFocus={() => {
        if (hands) hands.focused.id = id;
      }}
      onBlur={({ relatedTarget }) => {
        if (hands && relatedTarget !== null) hands.focused.id = null;
        if (before.value) drop();
      }}
    >
      <svg viewBox="0 0 10 16" width="10" height="16" aria-hidden="true">
        {[3, 8, 13].map((y) => [2.5, 7.5].map((x) => <circle key={`${x} ${y}`} cx={x} cy={y} r="1.3" />))}
      </svg>
    </button>
  );
}

function useGrip(
  id: string,
  title: Signal<string>,
  state: DashboardState,
  button: { readonly current: HTMLButtonElement | null },
) {
  /** All boxes as they were when this one was grabbed; null while it is not. */
  const before = useSignal<readonly Box[] | null>(null);
  const place = (): Box | null => widgetOf(state.layout.value, id);
  const grab = () => {
    before.value = state.tab.value.widgets;
    state.say(MOVING.grabbed(title.value));
  };
  const drop = () => {
    before.value = null;
    state.sort();
    const { x = 0, y = 0 } = place() ?? {};
    state.say(MOVING.dropped(x + 1, y + 1));
  };
  const giveUp = () => {
    if (before.value) state.place(before.value);
    before.value = null;
    state.say(MOVING.givenUp);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const handled = keyed(event);
    if (!handled) return;
    event.preventDefault();
    event.stopPropagation();
    // Sorted anew, its element may have been taken out and put in elsewhere.
    requestAnimationFrame(() => button.current?.focus({ preventScroll: true }));
  };
  const keyed = ({ key, shiftKey }: KeyboardEvent): boolean => {
    if (key === "Enter" || key === " ") before.value ? drop() : grab();
    else if (before.value === null) return false;
    else if (key === "Escape") giveUp();
    else if (STEPS[key]) step(STEPS[key], shiftKey);
    else return false;
    return true;
  };
  const step = ([dx, dy]: readonly [number, number], resizes: boolean) => {
    const { widgets } = state.tab.value;
    const least = state.leastOf(widgetOf(state.layout.value, id)?.type ?? "");
    const boxes = resizes ? grown(widgets, id, dx, dy, least) : nudged(widgets, id, dx, dy);
    if (boxes) state.place(boxes);
    const { x = 0, y = 0, w = 0, h = 0 } = place() ?? {};
    state.say(boxes ? (resizes ? MOVING.resized(w, h) : MOVING.moved(x + 1, y + 1)) : MOVING.stuck);
    button.current?.scrollIntoView({ block: "nearest" });
  };
  return { before, grab, drop, onKeyDown };
}
