import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { AttentionMaps, HeadPlace } from "../../api/attention.ts";
import { formatDigits, formatPercent } from "../../base/format.ts";
import { ATTENTION, headWords } from "../../base/words/attention.ts";
import { type Geometry, geometryOf, moved } from "./geometry.ts";
import { labelsOf, paint } from "./paint.ts";
import type { Scale } from "./settings.ts";

interface GridProps {
  readonly maps: AttentionMaps;
  readonly scale: Scale;
  readonly open: (place: HeadPlace) => void;
  /** Told where the maps lie, for a picture of them. */
  readonly placed: (geometry: Geometry) => void;
}

/** A heat map for each head: painted on one canvas, with a button over each. */
export function Grid({ maps, scale, open, placed }: GridProps) {
  const host = useRef<HTMLDivElement>(null);
  const size = useSignal({ width: 0, height: 0 });
  useEffect(() => {
    if (!host.current) return undefined;
    const watching = new ResizeObserver(([entry]) => {
      if (entry) size.value = { width: entry.contentRect.width, height: entry.contentRect.height };
    });
    watching.observe(host.current);
    return () => watching.disconnect();
  }, [size]);
  const { layers, heads, rows, columns } = maps;
  const { width, height } = size.value;
  const geometry = useMemo(
    () => geometryOf({ layers, heads, rows, columns }, { width, height }),
    [layers, heads, rows, columns, width, height],
  );
  placed(geometry);
  return (
    <div class="attention-place" ref={host}>
      {width > 0 && (
        <div
          class="attention-grid"
          style={{ width: `${geometry.width}px`, height: `${geometry.height}px` }}
          data-testid="attention-grid"
          data-step={maps.step}
        >
          <Canvas maps={maps} scale={scale} geometry={geometry} />
          {labelsOf(maps, geometry).map(({ x, y, text, isRow }) => (
            <span
              key={text}
              class={isRow ? "attention-label layer" : "attention-label"}
              style={{ left: `${x}px`, top: `${y}px` }}
              aria-hidden="true"
            >
              {text}
            </span>
          ))}
          <Heads maps={maps} geometry={geometry} open={open} />
        </div>
      )}
    </div>
  );
}

interface CanvasProps {
  readonly maps: AttentionMaps;
  readonly scale: Scale;
  readonly geometry: Geometry;
}

function Canvas({ maps, scale, geometry }: CanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!canvas.current || !context) return;
    const ratio = window.devicePixelRatio || 1;
    canvas.current.width = Math.round(geometry.width * ratio);
    canvas.current.height = Math.round(geometry.height * ratio);
    paint(context, maps, { geometry, scale, ratio });
  }, [maps, scale, geometry]);
  return <canvas ref={canvas} />;
}

interface HeadsProps {
  readonly maps: AttentionMaps;
  readonly geometry: Geometry;
  readonly open: (place: HeadPlace) => void;
}

/** One stop for the Tab key; arrows go on from there. */
function Heads({ maps, geometry, open }: HeadsProps) {
  const active = useSignal(0);
  const group = useRef<HTMLFieldSetElement>(null);
  const press = (event: KeyboardEvent) => {
    const to = moved(event.key, active.value, maps);
    if (to === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    active.value = to;
    group.current?.querySelectorAll<HTMLElement>("button")[to]?.focus();
  };
  return (
    <fieldset
      ref={group}
      class="attention-heads"
      aria-label={ATTENTION.mapsOf}
      title={ATTENTION.keys}
      onKeyDown={press}
    >
      {maps.places.map((place, i) => (
        <HeadButton
          key={i}
          maps={maps}
          index={i}
          geometry={geometry}
          isStop={i === Math.min(active.value, maps.places.length - 1)}
          open={() => {
            active.value = i;
            open(place);
          }}
        />
      ))}
    </fieldset>
  );
}

interface HeadButtonProps {
  readonly maps: AttentionMaps;
  readonly index: number;
  readonly geometry: Geometry;
  readonly isStop: boolean;
  readonly open: () => void;
}

function HeadButton({ maps, index, geometry, isStop, open }: HeadButtonProps) {
  const { layer, head } = maps.places[index] ?? { layer: 0, head: 0 };
  const { left, top } = geometry.at(layer, head);
  const { entropy_share: entropy, similarity } = maps.measures;
  const alike = similarity[index] ?? Number.NaN;
  const words = headWords(
    layer,
    head,
    formatPercent(entropy[index] ?? Number.NaN),
    Number.isNaN(alike) ? "–" : formatDigits(alike, 2),
  );
  return (
    <button
      type="button"
      class="attention-head"
      style={{
        left: `${left}px`,
        top: `${top}px`,
        width: `${geometry.cellWidth}px`,
        height: `${geometry.cellHeight}px`,
      }}
      tabIndex={isStop ? 0 : -1}
      aria-label={words}
      title={words}
      data-testid={`head-${layer}-${head}`}
      onClick={open}
    />
  );
}
