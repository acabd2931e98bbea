import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { PLOT } from "../../base/words/plot.ts";
import type { ThemeName } from "../../chart/theme.ts";
import { TURNS, type Turn } from "./camera.ts";
import { isSpatial, needsWebgl, type PlotPoint } from "./figure.ts";
import { type DrawFigure, figureOf, PlotHandle } from "./handle.ts";
import { hasWebgl } from "./webgl.ts";

// A plot is drawn before it is scrolled to, and let go of when it is this far away.
const NEAR_PX = 300;

/** What draws one plot, and hands out pictures of it. */
export const usePlot = (): PlotHandle => useMemo(() => new PlotHandle(), []);

interface PlotProps {
  readonly plot: PlotHandle;
  readonly theme: ThemeName;
  /** Another function is another figure: memoise it. */
  readonly figure: DrawFigure;
  /** What is seen, in words. */
  readonly label: string;
  /** Zoom and rotation are kept while this stays the same. */
  readonly viewOf?: string;
  /** In place of a figure that needs WebGL, where there is none. */
  readonly flat?: DrawFigure;
  readonly onPoint?: (point: PlotPoint) => void;
}

/** A figure in its place: drawn while it is near to what is in sight, and as large as its place. */
export function Plot({ plot, theme, figure, label, viewOf = "", flat, onPoint }: PlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const isNear = useNear(host);
  const wants3d = useMemo(() => needsWebgl(figureOf(figure, theme)), [figure, theme]);
  const isFlat = wants3d && (!hasWebgl() || plot.isLost.value);
  const drawn = isFlat ? flat : figure;
  const turns = useMemo(() => drawn !== undefined && isSpatial(figureOf(drawn, theme)), [drawn, theme]);
  plot.onPoint = onPoint;
  useLayoutEffect(() => {
    if (host.current && isNear.value && drawn) plot.draw(host.current, { figure: drawn, theme, viewOf });
    else plot.release();
  }, [isNear.value, drawn, theme, viewOf, plot]);
  useEffect(() => () => plot.release(), [plot]);
  useResize(host, plot);
  const press = (event: KeyboardEvent) => {
    const turn = TURNS[event.key];
    if (turn === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    plot.turn(turn);
  };
  const reach = turns
    ? { role: "application" as const, "aria-label": label, tabIndex: 0, onKeyDown: press }
    : { role: "img" as const, "aria-label": label };
  return (
    <div class="plot" data-testid="plot" data-drawings={plot.drawings.value} data-flat={isFlat}>
      {isFlat && <FlatNote plot={plot} hasFlat={flat !== undefined} />}
      <div class="plot-stage">
        <div ref={host} class="plot-area" {...reach} />
        {turns && <TurnButtons turn={(turn) => plot.turn(turn)} />}
        {plot.problem.value !== null && (
          <div class="plot-problem" role="alert">
            {PLOT.failed} <bdi>{plot.problem.value}</bdi>
          </div>
        )}
      </div>
    </div>
  );
}

function FlatNote({ plot, hasFlat }: { readonly plot: PlotHandle; readonly hasFlat: boolean }) {
  const again = () => {
    plot.isLost.value = false;
  };
  if (hasWebgl())
    return (
      <p class="plot-note" role="status">
        {PLOT.lost}{" "}
        <button type="button" class="link" onClick={again}>
          {PLOT.again}
        </button>
      </p>
    );
  return (
    <p class="plot-note" role="status" data-testid="no-webgl">
      {hasFlat ? PLOT.flat : PLOT.unseen}
    </p>
  );
}

const BUTTONS = [
  { key: "ArrowLeft", face: "⟲", name: PLOT.left },
  { key: "ArrowRight", face: "⟳", name: PLOT.right },
  { key: "+", face: "+", name: PLOT.nearer },
  { key: "-", face: "−", name: PLOT.farther },
  { key: "0", face: "⌂", name: PLOT.home },
] as const;

const TurnButtons = ({ turn }: { readonly turn: (turn: Turn | "home") => void }) => (
  <div class="plot-turns" role="toolbar" aria-label={PLOT.turn} title={PLOT.keys}>
    {BUTTONS.map(({ key, face, name }) => (
      <button
        key={key}
        type="button"
        class="icon"
        aria-label={name}
        title={name}
        data-testid={`turn-${key}`}
        onClick={() => turn(TURNS[key] ?? "home")}
      >
        {face}
      </button>
    ))}
  </div>
);

/** Whether an element is near to what is in sight now. */
function useNear(element: RefObject<HTMLElement | null>) {
  const near = useSignal(false);
  useEffect(() => {
    if (!element.current) return undefined;
    const watching = new IntersectionObserver(
      (entries) => {
        near.value = entries.at(-1)?.isIntersecting ?? false;
      },
      { rootMargin: `${NEAR_PX}px` },
    );
    watching.observe(element.current);
    return () => watching.disconnect();
  }, [element, near]);
  return near;
}

function useResize(host: RefObject<HTMLElement | null>, plot: PlotHandle): void {
  useEffect(() => {
    if (!host.current) return undefined;
    const watching = new ResizeObserver(() => plot.resize());
    watching.observe(host.current);
    return () => watching.disconnect();
  }, [host, plot]);
}
