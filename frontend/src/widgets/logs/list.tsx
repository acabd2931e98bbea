import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { formatMoment } from "../../base/clock.ts";
import { commonFolder } from "../../base/commonFolder.ts";
import { formatInteger } from "../../base/format.ts";
import { formatClock } from "../../base/placeTicks.ts";
import { placeName } from "../../base/words/line.ts";
import { LOGS, newLines } from "../../base/words/logs.ts";
import { RunName } from "../runName.tsx";
import { useVirtualRows } from "../virtualRows.ts";
import { gravityOf, type Line, pieces } from "./lines.ts";
import type { LogsModel } from "./model.ts";

/** A line's height before it is measured: most are of one line. */
const LINE_GUESS_PX = 22;
// So near to the end is at it: a line may be a part of a pixel high.
const END_PX = 2;
// So long after a hand moved a scroll is its doing; else it is the list's own, as lines are measured.
const HAND_MS = 3000;
const HANDS = ["wheel", "touchmove", "pointerdown", "keydown"] as const;

interface LineListProps {
  readonly model: LogsModel;
  readonly search: string;
  readonly colours: ReadonlyMap<string, string>;
}

/** Lines as they come, of which only those in view are there; whoever scrolls up stays where they are. */
export function LineList({ model, search, colours }: LineListProps) {
  const scroller = useRef<HTMLElement>(null);
  const lines = model.lines.value;
  const virtual = useVirtualRows(scroller, { count: lines.length, rowPx: LINE_GUESS_PX, headPx: 0 });
  useFollowing(scroller, model, virtual.totalPx);
  const runs = [...new Set(lines.map(({ run }) => run))];
  const look: Look = {
    search,
    colours,
    common: runs.length > 1 ? commonFolder(runs) : null,
    withDay: spansDays(lines),
  };
  return (
    <div class="log-holder">
      <section
        ref={scroller}
        class="log-list"
        role="log"
        aria-live="off"
        aria-label={LOGS.list}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys
        tabIndex={0}
        data-testid="log-list"
        data-lines={lines.length}
        style={{ "--run": `${runWidth(runs, look.common)}ch` }}
      >
        <div class="log-lines" style={{ height: `${virtual.totalPx}px` }}>
          {lines.slice(virtual.begin, virtual.end).map((line, i) => (
            <LogLine
              key={virtual.begin + i}
              line={line}
              look={look}
              row={virtual.begin + i}
              topPx={virtual.topOf(virtual.begin + i)}
              measure={virtual.measure}
            />
          ))}
        </div>
      </section>
      {model.isHeld.value && <ToEnd model={model} />}
    </div>
  );
}

/** Keeps the newest line in sight until somebody scrolls up, and again once they are back at the end. */
function useFollowing(
  scroller: { readonly current: HTMLElement | null },
  model: LogsModel,
  heightPx: number,
): void {
  const before = useRef(0);
  const [lines, isHeld] = [model.lines.value, model.isHeld.value];
  // Not after each draw: it would take back the first pixels of a scroll.
  useLayoutEffect(() => {
    if (scroller.current && !isHeld) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, [lines, isHeld, heightPx]);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    let handAt = Number.NEGATIVE_INFINITY;
    const moved = () => {
      handAt = performance.now();
    };
    const scrolled = () => {
      const { scrollTop, scrollHeight, clientHeight } = element;
      const isByHand = performance.now() - handAt < HAND_MS;
      if (scrollHeight - scrollTop - clientHeight <= END_PX) model.release();
      else if (scrollTop < before.current && isByHand) model.hold();
      else if (!(isByHand || model.isHeld.peek())) element.scrollTop = scrollHeight;
      before.current = scrollTop;
    };
    for (const hand of HANDS) element.addEventListener(hand, moved, { passive: true });
    element.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      for (const hand of HANDS) element.removeEventListener(hand, moved);
      element.removeEventListener("scroll", scrolled);
    };
  }, [scroller, model]);
}

/** What came since, and the way there. */
function ToEnd({ model }: { readonly model: LogsModel }) {
  const fresh = model.fresh.value;
  return (
    <button type="button" class="log-end" data-testid="log-end" onClick={() => model.release()}>
      {fresh > 0 ? newLines(formatInteger(fresh)) : LOGS.toEnd} <span aria-hidden="true">↓</span>
    </button>
  );
}

/** How all lines are shown. */
interface Look {
  readonly search: string;
  readonly colours: ReadonlyMap<string, string>;
  /** What the names of all runs begin with; null: there is one run, whose name is not told. */
  readonly common: string | null;
  readonly withDay: boolean;
}

interface LogLineProps {
  readonly line: Line;
  readonly look: Look;
  readonly row: number;
  readonly topPx: number;
  readonly measure: (element: HTMLElement | null) => void;
}

const LogLine = ({ line, look, row, topPx, measure }: LogLineProps) => (
  <div
    ref={measure}
    class={`log-line ${gravityOf(line.level)}`}
    style={{ transform: `translateY(${topPx}px)` }}
    data-index={row}
    data-testid="log-line"
    data-run={line.run}
    data-level={line.level}
  >
    <time title={formatClock(line.time)}>{formatMoment(line.time, look.withDay)}</time>
    <Level level={line.level} />
    {look.common !== null && (
      <span class="log-run" title={line.run}>
        <span class="swatch" style={{ background: look.colours.get(line.run) }} />
        <RunName run={line.run} common={look.common} />
      </span>
    )}
    <span class="log-message">
      {line.message === null ? (
        <i>{LOGS.gone}</i>
      ) : (
        <bdi>
          {pieces(line.message, look.search).map((piece, i) =>
            i % 2 === 1 ? <mark key={i}>{piece}</mark> : piece,
          )}
        </bdi>
      )}
    </span>
    <small>{placeName("steps", line.step)}</small>
  </div>
);

/** A word where there is room, else its first letter. */
const Level = ({ level }: { readonly level: string }) => (
  <span class="log-level" title={level}>
    <span class="unseen">{level}</span>
    <bdi class="long" aria-hidden="true">
      {level}
    </bdi>
    <b class="short" aria-hidden="true">
      {level.slice(0, 1)}
    </b>
  </span>
);

// With the swatch before it, in characters.
const [SWATCH, WIDEST_RUN] = [3, 18];

const runWidth = (runs: readonly string[], common: string | null): number =>
  Math.min(WIDEST_RUN, SWATCH + Math.max(...runs.map((run) => run.length - (common?.length ?? 0))));

function spansDays(lines: readonly Line[]): boolean {
  const day = (line: Line | undefined) => new Date((line?.time ?? 0) * 1000).toDateString();
  return day(lines[0]) !== day(lines.at(-1));
}
