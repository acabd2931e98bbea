import { type Signal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Landscape } from "../../api/landscape.ts";
import { LANDSCAPE } from "../../base/words/landscape.ts";
import { WidgetHead } from "../head.tsx";
import { AnalysisArea } from "../plot/area.tsx";
import type { PlotHandle } from "../plot/handle.ts";
import { Plot, usePlot } from "../plot/plot.tsx";
import type { PlotTheme } from "../plot/theme.ts";
import type { WidgetProps } from "../widget.ts";
import type { Workspace } from "../workspace.ts";
import { Controls, Sliders, viewOf } from "./controls.tsx";
import { Facts, Verdict } from "./facts.tsx";
import { contoursOf, profilesOf, type Sight, shellsOf, surfacesOf } from "./figure.ts";
import { type Heights, heightsOf, nearestToZero } from "./grid.ts";
import { LandscapeModel, tableOf } from "./model.ts";
import type { LandscapeSettings } from "./settings.ts";

/** The loss around the weights of one run, or of several by the same scale. */
export function LandscapeWidget({ workspace, settings, frame }: WidgetProps<LandscapeSettings>) {
  // The workspace is made of signals, and lives as long as the tab.
  const model = useMemo(() => new LandscapeModel(workspace, settings), []);
  useEffect(() => model.follow(), [model]);
  const plot = usePlot();
  const found = useComputed(() =>
    (model.surfaces.answer.value?.surfaces ?? []).filter(({ axes }) => axes.length > 0),
  );
  const title = useComputed(() =>
    model.tag.value === null ? LANDSCAPE.title : LANDSCAPE.of(model.tag.value),
  );
  useSignalEffect(() => {
    frame.title.value = title.value;
    frame.offer.value =
      found.value.length > 0 ? plot.offer(frame.title.value, () => tableOf(found.value)) : null;
  });
  const directions = Math.min(3, ...found.value.map(({ axes }) => axes.length));
  return (
    <section class="widget landscape">
      <WidgetHead frame={frame} title={<bdi class="title tag-name">{title.value}</bdi>}>
        <Controls settings={settings} model={model} directions={directions} />
      </WidgetHead>
      {model.known.value.length === 0 ? (
        <Nothing model={model} />
      ) : (
        <AnalysisArea analysis={model.surfaces} empty={LANDSCAPE.none}>
          {({ surfaces }) => (
            <Surfaces
              workspace={workspace}
              settings={settings}
              plot={plot}
              model={model}
              surfaces={surfaces}
            />
          )}
        </AnalysisArea>
      )}
    </section>
  );
}

const MOST_NAMED = 3;

/** What is said where no checked run has a landscape. */
function Nothing({ model }: { readonly model: LandscapeModel }) {
  const { answer, refusal } = model.list;
  if (refusal.value !== null)
    return (
      <p class="in-place" role="alert" data-testid="refusal">
        <bdi>{refusal.value}</bdi>
      </p>
    );
  if (answer.value === null) return null;
  const others = [...new Set(answer.value.landscapes.map(({ run }) => run))];
  return (
    <div class="in-place hint" data-testid="no-landscape">
      <p>{LANDSCAPE.none}</p>
      <p>
        {others.length > 0
          ? LANDSCAPE.others(others.slice(0, MOST_NAMED), others.length - MOST_NAMED)
          : LANDSCAPE.how}
      </p>
    </div>
  );
}

interface SurfacesProps {
  readonly workspace: Workspace;
  readonly settings: Signal<LandscapeSettings>;
  readonly plot: PlotHandle;
  readonly model: LandscapeModel;
  readonly surfaces: readonly Landscape[];
}

function Surfaces({ workspace, settings, plot, model, surfaces }: SurfacesProps) {
  const place = useRef<HTMLDivElement>(null);
  const columns = useColumns(place);
  const { view: wanted, scale, depth: wantedDepth } = settings.value;
  const landscapes = useMemo(() => surfaces.filter(({ axes }) => axes.length > 0), [surfaces]);
  const heights = useMemo(() => heightsOf(landscapes, scale), [landscapes, scale]);
  const third = landscapes[0]?.axes[2];
  const depth = Math.min(wantedDepth ?? nearestToZero(third), (third?.length ?? 1) - 1);
  const view = viewOf(wanted, Math.min(3, ...landscapes.map(({ axes }) => axes.length)));
  const colours = workspace.colours.value;
  const figures = useFigures({ landscapes, heights, colours, depth, columns: columns.value });
  const runs = landscapes.map(({ run }) => run).join("\n");
  return (
    <div
      class="landscape-found"
      ref={place}
      style={{ "--rows": Math.ceil(landscapes.length / columns.value) || 1 }}
    >
      <Verdict landscapes={surfaces} />
      {figures && (
        <Plot
          plot={plot}
          theme={workspace.theme.value}
          figure={figures[view]}
          flat={figures.contour}
          label={LANDSCAPE.of(runs)}
          viewOf={`${view} ${runs}`}
        />
      )}
      <Sliders
        settings={settings}
        steps={model.steps.value}
        third={third && (view === "surface" || view === "contour") ? third : null}
        depth={depth}
      />
      <Facts
        landscapes={surfaces}
        isLinear={scale === "log" && heights?.scale === "linear"}
        runs={model.runCount}
      />
    </div>
  );
}

type Seen = Omit<Sight, "heights"> & { readonly heights: Heights | null };

/** By what of them is seen; null where no loss is known. */
function useFigures({ landscapes, heights, colours, depth, columns }: Seen) {
  return useMemo(() => {
    if (heights === null) return null;
    const sight: Sight = { landscapes, heights, colours, depth, columns };
    return {
      surface: (theme: PlotTheme) => surfacesOf(sight, theme),
      contour: (theme: PlotTheme) => contoursOf(sight, theme),
      profile: (theme: PlotTheme) => profilesOf(sight, theme),
      isosurface: (theme: PlotTheme) => shellsOf(sight, theme),
    };
  }, [landscapes, heights, colours, depth, columns]);
}

// Narrower scenes have no room for their axes.
const LEAST_SCENE_PX = 300;
const MOST_COLUMNS = 2;

function useColumns(place: { readonly current: HTMLElement | null }) {
  const columns = useSignal(MOST_COLUMNS);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const watching = new ResizeObserver(() => {
      columns.value = Math.max(1, Math.min(MOST_COLUMNS, Math.floor(element.clientWidth / LEAST_SCENE_PX)));
    });
    watching.observe(element);
    return () => watching.disconnect();
  }, [place, columns]);
  return columns;
}
