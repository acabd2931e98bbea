import { type Signal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { FALLBACK } from "../../base/colour.ts";
import { formatBucket, formatDigits, formatValue } from "../../base/format.ts";
import { COMPARISON, plusMinus } from "../../base/words/comparison.ts";
import { CanvasInk } from "../../chart/canvasInk.ts";
import { drawGroups, type GroupScene, type GroupSeries, groupGeometry } from "../../chart/groupScene.ts";
import { placeAt, xOf } from "../../chart/lineGeometry.ts";
import { CHART_THEMES } from "../../chart/theme.ts";
import type { WidgetProps } from "../widget.ts";
import type { ComparisonModel } from "./model.ts";
import type { ComparisonSettings } from "./settings.ts";

// A list of more covers the picture.
const MOST_READ = 8;

interface GroupChartProps extends WidgetProps<ComparisonSettings> {
  readonly model: ComparisonModel;
  /** What is drawn, for pictures of it. */
  readonly scene: Signal<GroupScene | null>;
}

/** Mean and deviation over the runs of each group, with the candles over all runs of the one in focus. */
export function GroupChart({ workspace, settings, frame, model, scene }: GroupChartProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(canvas);
  const series = useComputed(() => seriesOf(model));
  const focus = settings.value.group;
  const theme = CHART_THEMES[workspace.theme.value];
  const polarity = model.rows.value?.polarity ?? "lower_is_better";
  useLayoutEffect(() => {
    const geometry = size.value && groupGeometry(series.value, focus, size.value);
    scene.value = geometry && { series: series.value, focus, polarity, geometry, theme };
    paint(canvas.current, scene.value);
  }, [series.value, focus, theme, polarity, size.value]);
  useEffect(
    () => () => {
      scene.value = null;
    },
    [scene],
  );
  const { crosshair } = workspace;
  const point = (event: PointerEvent) => {
    const geometry = scene.value?.geometry;
    if (!geometry || event.offsetX >= geometry.width) return;
    crosshair.value = { axis: "steps", at: placeAt(geometry, event.offsetX), source: frame.id };
  };
  const leave = () => {
    if (crosshair.value?.source === frame.id) crosshair.value = null;
  };
  return (
    <div class="group-chart" data-testid="group-chart" data-groups={scene.value?.series.length ?? 0}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={COMPARISON.groupChart}
        onPointerMove={point}
        onPointerLeave={leave}
      />
      <Reading scene={scene.value} at={crosshair.value?.axis === "steps" ? crosshair.value.at : null} />
    </div>
  );
}

function seriesOf({ groupCandles, groupColours, groups }: ComparisonModel): readonly GroupSeries[] {
  const colours = groupColours.value;
  const named = new Set(groups.value?.map(({ name }) => name));
  return groupCandles.value
    .filter(({ name }) => named.has(name))
    .map(({ name, width, columns }) => {
      const { std_over_runs: spread, ...rest } = columns;
      return { name, width, colour: colours.get(name) ?? FALLBACK, spread, ...rest };
    });
}

/** Pixels of the page that the canvas takes, and pixels of the screen for each. */
function useSize(canvas: { readonly current: HTMLCanvasElement | null }) {
  const size = useSignal<{ width: number; height: number; ratio: number } | null>(null);
  useEffect(() => {
    const holder = canvas.current?.parentElement;
    if (!holder) return undefined;
    const watch = new ResizeObserver(() => {
      size.value = {
        width: holder.clientWidth,
        height: holder.clientHeight,
        ratio: window.devicePixelRatio,
      };
    });
    watch.observe(holder);
    return () => watch.disconnect();
  }, [canvas, size]);
  return size;
}

function paint(canvas: HTMLCanvasElement | null, scene: GroupScene | null): void {
  const context = canvas?.getContext("2d");
  if (!canvas || !context) return;
  const holder = canvas.parentElement;
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round((holder?.clientWidth ?? 0) * ratio);
  canvas.height = Math.round((holder?.clientHeight ?? 0) * ratio);
  if (scene) drawGroups(new CanvasInk(context, ratio), scene);
}

/** What all groups are at the crosshair, in words. */
function Reading({ scene, at }: { readonly scene: GroupScene | null; readonly at: number | null }) {
  if (scene === null || at === null) return null;
  const found = scene.series.flatMap((one) => {
    const row = Math.floor((at - (one.x[0] ?? 0)) / one.width);
    const begin = (one.x[0] ?? 0) + row * one.width;
    const i = one.x.indexOf(begin);
    const [mean, spread] = [one.mean[i] ?? Number.NaN, one.spread[i] ?? 0];
    const text = `${formatValue(mean)}${spread > 0 ? ` ${plusMinus(formatDigits(spread, 3))}` : ""}`;
    return i < 0 ? [] : [{ ...one, text, begin }];
  });
  const [first] = found;
  if (!first) return null;
  const left = xOf(scene.geometry, at);
  return (
    <>
      <div class="group-cursor" style={{ left: `${left}px`, height: `${scene.geometry.height}px` }} />
      <dl
        class={left < scene.geometry.width / 2 ? "group-reading right" : "group-reading"}
        data-testid="group-reading"
      >
        <dt>{formatBucket("steps", first.begin, first.width)}</dt>
        {found.slice(0, MOST_READ).map(({ name, colour, text }) => (
          <dd key={name}>
            <span class="swatch" style={{ background: colour }} />
            <bdi>{name}</bdi> <b>{text}</b>
          </dd>
        ))}
      </dl>
    </>
  );
}
