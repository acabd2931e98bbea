import { useMemo } from "preact/hooks";
import type { Range } from "../../base/axis.ts";
import { FALLBACK } from "../../base/colour.ts";
import { commonFolder } from "../../base/commonFolder.ts";
import { placeName } from "../../base/words/line.ts";
import { runOf, STATS } from "../../base/words/stats.ts";
import { actOn } from "../keys.ts";
import { RunName } from "../runName.tsx";
import type { Workspace } from "../workspace.ts";
import { HEIGHT, type Line, type Panel, pathOf, rangeOf, valueAt, valueWords, WIDTH } from "./panels.ts";
import type { Times } from "./settings.ts";

const AXES = { since: "seconds", clock: "wall_time" } as const;
// Above the highest value, in parts of the height.
const ROOM = 6;
// Of the axis, for each press of an arrow key.
const KEY_SHARE = 0.02;

interface PanelsProps {
  readonly workspace: Workspace;
  readonly panels: readonly Panel[];
  readonly time: Times;
  /** Of the widget. */
  readonly id: string;
}

/** A small picture of each measure, all on one axis of time, with one crosshair. */
export function Panels({ workspace, panels, time, id }: PanelsProps) {
  const range = useMemo(() => rangeOf(panels, time), [panels, time]);
  if (range === null) return null;
  const axis = AXES[time];
  const { at, point, keys } = crosshairOf(workspace, { axis, range, id });
  const endName = (place: number) =>
    placeName(axis, axis === "seconds" ? Number(place.toPrecision(3)) : place);
  const common = commonFolder([...new Set(panels.flatMap(({ lines }) => lines.map(({ run }) => run)))]);
  return (
    <section
      class="stat-panels"
      aria-label={STATS.keys}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and its crosshair is moved by keys
      tabIndex={0}
      data-testid="stat-panels"
      onKeyDown={(event) => actOn(event, keys) && event.preventDefault()}
      onBlur={() => point(null)}
      onPointerLeave={() => point(null)}
    >
      <p class="stat-at" data-testid="stat-at">
        {at === null ? STATS.now : placeName(axis, at)}
      </p>
      {panels.map((panel) => (
        <Small
          key={panel.name}
          panel={panel}
          range={range}
          at={at}
          ends={[endName(range.from), endName(range.to)]}
          colours={workspace.colours.value}
          common={common}
          point={point}
        />
      ))}
    </section>
  );
}

interface Along {
  readonly axis: (typeof AXES)[Times];
  readonly range: Range;
  /** Of the widget. */
  readonly id: string;
}

/** Where the crosshair of all charts of this axis is, and what moves it. */
function crosshairOf({ crosshair }: Workspace, { axis, range, id }: Along) {
  const at = crosshair.value?.axis === axis ? crosshair.value.at : null;
  const point = (place: number | null) => {
    if (place !== null) {
      crosshair.value = { axis, at: Math.min(range.to, Math.max(range.from, place)), source: id };
    } else if (crosshair.value?.source === id) crosshair.value = null;
  };
  const move = (share: number) => () => point((at ?? range.to) + share * (range.to - range.from));
  const keys = {
    ArrowLeft: move(-KEY_SHARE),
    ArrowRight: move(KEY_SHARE),
    Home: () => point(range.from),
    End: () => point(range.to),
    Escape: () => point(null),
  };
  return { at, point, keys };
}

interface SmallProps {
  readonly panel: Panel;
  readonly range: Range;
  /** Where the crosshair is; null: nowhere, and the newest values are told. */
  readonly at: number | null;
  readonly ends: readonly [from: string, to: string];
  readonly colours: ReadonlyMap<string, string>;
  /** What the names of all runs begin with. */
  readonly common: string;
  readonly point: (place: number | null) => void;
}

/** One measure: a line for each run, and their values. */
function Small({ panel, range, at, ends, colours, common, point }: SmallProps) {
  const { name, title, lines, most } = panel;
  const values = lines.map((line) => ({
    line,
    words: valueWords(name, at === null ? line.latest : valueAt(line, at)),
  }));
  const colourOf = ({ run }: Line) => colours.get(run) ?? FALLBACK;
  const hover = (event: PointerEvent & { readonly currentTarget: Element }) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    point(range.from + ((event.clientX - left) / width) * (range.to - range.from));
  };
  return (
    <figure class="stat" data-testid="stat" data-name={name}>
      <figcaption>
        {title} <small>{STATS.upTo(valueWords(name, most))}</small>
      </figcaption>
      <div class="stat-plot">
        {/* The words beside it say what it shows. */}
        <svg
          viewBox={`0 ${-ROOM} ${WIDTH} ${HEIGHT + ROOM}`}
          preserveAspectRatio="none"
          aria-hidden="true"
          onPointerMove={hover}
        >
          {lines.map((line) => (
            <Curve key={line.run} line={line} range={range} most={most} colour={colourOf(line)} />
          ))}
          {at !== null && <path class="stat-cursor" d={`M${placeOn(range, at)} ${-ROOM}v${HEIGHT + ROOM}`} />}
        </svg>
      </div>
      <p class="stat-ends" aria-hidden="true">
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </p>
      <ul>
        {values.map(({ line, words }) => (
          <li key={line.run} title={runOf(line.run, words)} data-run={line.run} data-testid="stat-value">
            <span class="swatch" style={{ background: colourOf(line) }} />
            <span class="chip-run">
              <RunName run={line.run} common={common} />
            </span>
            <b>{words}</b>
          </li>
        ))}
      </ul>
    </figure>
  );
}

interface CurveProps extends Pick<SmallProps, "range"> {
  readonly line: Line;
  readonly most: number;
  readonly colour: string;
}

/** Its path is made once, however often the crosshair moves. */
function Curve({ line, range: { from, to }, most, colour }: CurveProps) {
  const path = useMemo(() => pathOf(line, { from, to }, most), [line, from, to, most]);
  return <path d={path} stroke={colour} />;
}

const placeOn = ({ from, to }: Range, at: number): string => (((at - from) / (to - from)) * WIDTH).toFixed(1);
