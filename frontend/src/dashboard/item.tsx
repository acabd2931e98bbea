import {
  type ReadonlySignal,
  type Signal,
  signal,
  useComputed,
  useSignal,
  useSignalEffect,
} from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { DASHBOARD } from "../base/words/dashboard.ts";
import { fetched } from "../widgets/fetched.tsx";
import { WidgetHead } from "../widgets/head.tsx";
import type { Kind } from "../widgets/kind.tsx";
import type { Frame, Offer } from "../widgets/widget.ts";
import type { Workspace } from "../widgets/workspace.ts";
import { useFullScreen } from "./fullScreen.ts";
import { Handle } from "./handle.tsx";
import type { Placed } from "./model.ts";
import { restingWorkspace } from "./rest.ts";
import type { DashboardState } from "./state.ts";
import { WidgetMenu } from "./widgetMenu.tsx";

const DataTable = fetched(async () => (await import("./dataTable.tsx")).DataTable);

// A widget draws itself once it is this near to what is in sight.
const NEAR_PX = 300;

interface ItemProps {
  readonly placed: Placed;
  readonly workspace: Workspace;
  readonly state: DashboardState;
  /** What scrolls. */
  readonly area: RefObject<HTMLDivElement | null>;
}

/** A widget in its place, or the room for it until it was near to what is in sight: once drawn, it stays. */
export function Item({ placed, workspace, state, area }: ItemProps) {
  const { id, type } = placed;
  const element = useRef<HTMLDivElement>(null);
  const near = useNear(element, area);
  const wasNear = useRef(false);
  wasNear.current ||= near.value;
  const { full } = state;
  const inSight = useComputed(() => (full.value === null ? near.value : full.value === id));
  const resting = useMemo(() => restingWorkspace(workspace, inSight), [workspace, inSight]);
  const tabled = useSignal(false);
  const kind = state.kindOf(type);
  const frame = useFrame(id, kind?.title ?? type, tabled, state);
  useFullScreen(element, id, state);
  return (
    <div
      class="grid-stack-item"
      ref={element}
      data-testid="widget"
      data-id={id}
      data-type={type}
      data-full={full.value === id}
    >
      <div class="grid-stack-item-content">
        {kind && wasNear.current ? (
          <Drawn kind={kind} placed={placed} workspace={resting} state={state} frame={frame} />
        ) : (
          <Blank frame={frame} type={type} isUnknown={kind === null} />
        )}
        {tabled.value && <DataTable frame={frame} close={() => (tabled.value = false)} />}
      </div>
    </div>
  );
}

/** Whether an element is near to what is in sight. */
function useNear(
  element: RefObject<HTMLDivElement | null>,
  area: RefObject<HTMLDivElement | null>,
): ReadonlySignal<boolean> {
  const near = useSignal(false);
  useEffect(() => {
    if (!element.current) return undefined;
    const watching = new IntersectionObserver(
      (entries) => {
        near.value = entries.at(-1)?.isIntersecting ?? near.value;
      },
      { root: area.current, rootMargin: `${NEAR_PX}px` },
    );
    watching.observe(element.current);
    return () => watching.disconnect();
  }, [element, area, near]);
  return near;
}

function useFrame(id: string, name: string, tabled: Signal<boolean>, state: DashboardState): Frame {
  return useMemo(() => {
    const [title, offer] = [signal(name), signal<Offer | null>(null)];
    return {
      id,
      title,
      offer,
      handle: <Handle id={id} title={title} state={state} />,
      menu: <WidgetMenu id={id} title={title} offer={offer} tabled={tabled} state={state} />,
    };
  }, [id, name, tabled, state]);
}

interface DrawnProps {
  readonly kind: Kind;
  readonly placed: Placed;
  readonly workspace: Workspace;
  readonly state: DashboardState;
  readonly frame: Frame;
}

/** The widget itself, whose settings are kept with its place. */
function Drawn({ kind, placed, workspace, state, frame }: DrawnProps) {
  const { id } = placed;
  const stored = useMemo(() => signal(placed.settings), [id]);
  useSignalEffect(() => state.keepSettings(id, stored.value));
  // The same element each time: a widget that was only moved is not drawn anew.
  return useMemo(
    () => <kind.Draw workspace={workspace} stored={stored} frame={frame} />,
    [kind, workspace, stored, frame],
  );
}

interface BlankProps {
  readonly frame: Frame;
  readonly type: string;
  readonly isUnknown: boolean;
}

/** Room for a widget that is not drawn yet, or that can't be. */
const Blank = ({ frame, type, isUnknown }: BlankProps) => (
  <section class="widget" data-testid={isUnknown ? "unknown-widget" : "waiting-widget"}>
    <WidgetHead frame={frame} title={<bdi class="title">{frame.title}</bdi>} />
    {isUnknown && (
      <div class="widget-blank">
        <p>
          {DASHBOARD.unknownKind}{" "}
          <b>
            <bdi>{type}</bdi>
          </b>
        </p>
        <p>{DASHBOARD.unknownHint}</p>
      </div>
    )}
  </section>
);
