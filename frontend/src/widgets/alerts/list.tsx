import { useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import type { Alert } from "../../api/alerts.ts";
import { ALERTS } from "../../base/words/alertList.ts";
import { kindWords, SEVERITY_NAMES, stepsOf } from "../../base/words/alerts.ts";
import { RunName } from "../runName.tsx";
import { SeverityMark } from "../severity.tsx";
import { useVirtualRows } from "../virtualRows.ts";
import type { AlertModel } from "./model.ts";
import { type Picked, placeOf } from "./rows.ts";

/** A row's height before it is measured: messages are of one line to three. */
const ROW_GUESS_PX = 78;
const ROWS_PER_PAGE = 8;

interface AlertListProps {
  readonly rows: readonly Alert[];
  readonly model: AlertModel;
  readonly colours: ReadonlyMap<string, string>;
}

/** Rows of alerts, of which only those in view are there; one of them has the keyboard's attention. */
export function AlertList({ rows, model, colours }: AlertListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const active = useSignal<Picked>({ alert: null, at: 0 });
  const id = useId();
  const virtual = useVirtualRows(scroller, { count: rows.length, rowPx: ROW_GUESS_PX, headPx: 0 });
  const at = placeOf(rows, active.value);
  const onKeyDown = (event: KeyboardEvent) => {
    const to = moved(event.key, at, rows.length);
    const alert = rows[at];
    if (to !== null) {
      active.value = { alert: rows[to] ?? null, at: to };
      virtual.scrollTo(to);
    } else if (event.key === "Enter" && alert) model.reveal(alert);
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={scroller}
      class="alert-list"
      role="listbox"
      tabIndex={0}
      aria-label={ALERTS.list}
      aria-activedescendant={`${id}-${at}`}
      data-testid="alert-list"
      onKeyDown={onKeyDown}
    >
      <div class="alert-rows" style={{ height: `${virtual.totalPx}px` }}>
        {rows.slice(virtual.begin, virtual.end).map((alert, i) => (
          <AlertRow
            key={virtual.begin + i}
            id={`${id}-${virtual.begin + i}`}
            alert={alert}
            row={virtual.begin + i}
            count={rows.length}
            topPx={virtual.topOf(virtual.begin + i)}
            measure={virtual.measure}
            isActive={virtual.begin + i === at}
            colour={colours.get(alert.run)}
            open={() => {
              active.value = { alert, at: virtual.begin + i };
              model.reveal(alert);
            }}
          />
        ))}
      </div>
    </div>
  );
}

/** Where a key leads to; null where it leads nowhere. */
function moved(key: string, at: number, count: number): number | null {
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + ROWS_PER_PAGE,
    PageUp: at - ROWS_PER_PAGE,
    Home: 0,
    End: count - 1,
  };
  const target = targets[key];
  return target === undefined ? null : Math.max(0, Math.min(count - 1, target));
}

interface AlertRowProps {
  readonly id: string;
  readonly alert: Alert;
  readonly row: number;
  readonly count: number;
  readonly topPx: number;
  readonly measure: (element: HTMLElement | null) => void;
  readonly isActive: boolean;
  readonly colour: string | undefined;
  readonly open: () => void;
}

const AlertRow = ({ id, alert, row, count, topPx, measure, isActive, colour, open }: AlertRowProps) => (
  // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus, and its keys do the same
  <div
    ref={measure}
    id={id}
    class={isActive ? "alert-row active" : "alert-row"}
    role="option"
    tabIndex={-1}
    aria-selected={isActive}
    aria-posinset={row + 1}
    aria-setsize={count}
    style={{ transform: `translateY(${topPx}px)` }}
    data-index={row}
    data-testid="alert-row"
    data-run={alert.run}
    data-kind={alert.kind}
    data-step={alert.firstStep}
    onClick={open}
  >
    <SeverityMark severity={alert.severity} kind={alert.kind} />
    <div class="alert-words">
      <p class="alert-line">
        <b data-term={alert.kind}>{kindWords(alert.kind).one}</b>
        <span class="unseen">{SEVERITY_NAMES[alert.severity]}</span>
        <small>{stepsOf(alert.firstStep, alert.lastStep)}</small>
      </p>
      <p class="alert-run">
        <span class="swatch" style={{ background: colour }} /> <RunName run={alert.run} />
      </p>
      <p class="alert-message" title={`${alert.message}\n${alert.detector}`}>
        <bdi>{alert.message}</bdi>
      </p>
    </div>
  </div>
);
