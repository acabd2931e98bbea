import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { DASHBOARD } from "../base/words/dashboard.ts";
import type { Workspace } from "../widgets/workspace.ts";
import { ROWS_IN_WINDOW } from "./defaults.ts";
import { type GridHands, Hands, type Room } from "./hands.ts";
import { Item } from "./item.tsx";
import { Stack, type Stacked } from "./stack.ts";
import type { DashboardState } from "./state.ts";

const LEAST_ROW_PX = 34;
/** With less than this widgets stand below each other. */
const NARROW_PX = 800;

interface GridProps {
  readonly workspace: Workspace;
  readonly state: DashboardState;
}

/** The widgets of the open tab, in their places. */
export function Grid({ workspace, state }: GridProps) {
  const [area, field] = [useRef<HTMLDivElement>(null), useRef<HTMLDivElement>(null)];
  const stack = useRef<Stack>(null);
  const room = useSignal<Room | null>(null);
  useRoom(area, room);
  const { widgets } = state.tab.value;
  useStack(field, stack, state);
  const { rowPx, isNarrow } = room.value ?? { rowPx: LEAST_ROW_PX, isNarrow: false };
  useLayoutEffect(() => {
    stack.current?.setRowHeight(rowPx);
    stack.current?.setMovable(!isNarrow);
  }, [rowPx, isNarrow]);
  const hands = useRef<GridHands>({
    room,
    handleDrawn: (element) => stack.current?.handleDrawn(element),
    focused: { id: null },
  });
  return (
    <div class="grid-area" ref={area} data-narrow={isNarrow}>
      <Hands.Provider value={hands.current}>
        <div class="grid-stack" ref={field} style={{ "--row": `${rowPx}px` }}>
          {widgets.map((placed) => (
            <Item key={placed.id} placed={placed} workspace={workspace} state={state} area={area} />
          ))}
        </div>
      </Hands.Provider>
      {widgets.length === 0 && <Empty state={state} />}
    </div>
  );
}

const Empty = ({ state }: { readonly state: DashboardState }) => (
  <div class="grid-empty">
    <p>{DASHBOARD.emptyTab}</p>
    <button
      type="button"
      class="plain"
      data-testid="add-first-widget"
      onClick={() => {
        state.adding.value = true;
      }}
    >
      {DASHBOARD.addWidgetLong}
    </button>
  </div>
);

/** The rows are as tall as fills the window with what a first visit shows. */
function useRoom(area: RefObject<HTMLDivElement | null>, room: Signal<Room | null>): void {
  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return undefined;
    const measure = () => {
      const { clientWidth, clientHeight } = element;
      if (clientWidth === 0) return;
      const rowPx = Math.max(LEAST_ROW_PX, Math.floor((clientHeight * 10) / ROWS_IN_WINDOW) / 10);
      const isNarrow = clientWidth < NARROW_PX;
      if (room.peek()?.rowPx !== rowPx || room.peek()?.isNarrow !== isNarrow)
        room.value = { rowPx, isNarrow };
    };
    measure();
    const watching = new ResizeObserver(measure);
    watching.observe(element);
    return () => watching.disconnect();
  }, [area, room]);
}

function useStack(
  field: RefObject<HTMLDivElement | null>,
  stack: { current: Stack | null },
  state: DashboardState,
): void {
  useLayoutEffect(() => {
    if (!field.current) return undefined;
    const made = new Stack(field.current, (boxes) => {
      state.place(boxes);
      state.sort();
    });
    stack.current = made;
    return () => {
      made.close();
      stack.current = null;
    };
  }, [field, stack, state]);
  const { widgets } = state.tab.value;
  useLayoutEffect(() => {
    const elements = new Map(
      [...(field.current?.children ?? [])].flatMap((one) =>
        one instanceof HTMLElement && one.dataset.id ? [[one.dataset.id, one] as const] : [],
      ),
    );
    const items = widgets.flatMap((box): Stacked[] => {
      const element = elements.get(box.id);
      return element ? [{ element, box, least: state.leastOf(box.type) }] : [];
    });
    stack.current?.show(items);
  }, [widgets, field, stack, state]);
  useEffect(() => {
    const { wanted } = state;
    const id = wanted.value;
    const element = id && field.current?.querySelector<HTMLElement>(`[data-id="${id}"]`);
    if (!element) return;
    wanted.value = null;
    element.scrollIntoView({ block: "nearest" });
    element.querySelector<HTMLElement>("button")?.focus({ preventScroll: true });
  }, [state.wanted.value, widgets]);
}
