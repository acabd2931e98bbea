import { type Signal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { AttentionCurves, AttentionMaps } from "../../api/attention.ts";
import { ATTENTION, ATTENTION_SNIPPET, attentionOf, headName } from "../../base/words/attention.ts";
import { ATTENTION_WIDGET } from "../../base/words/attentionWidget.ts";
import { WidgetHead } from "../head.tsx";
import { Nothing } from "../nothing.tsx";
import { AnalysisArea } from "../plot/area.tsx";
import type { PlotHandle } from "../plot/handle.ts";
import { Plot, usePlot } from "../plot/plot.tsx";
import type { PlotTheme } from "../plot/theme.ts";
import { SourcePicker } from "../sourcePicker.tsx";
import { StepPlayer } from "../stepPlayer.tsx";
import type { Offer, WidgetProps } from "../widget.ts";
import type { Workspace } from "../workspace.ts";
import { Controls } from "./controls.tsx";
import { curvesFigure, mapFigure } from "./figures.ts";
import type { Geometry } from "./geometry.ts";
import { Grid } from "./grid.tsx";
import { AttentionModel } from "./model.ts";
import { gridOffer } from "./picture.ts";
import { CurveWords, MapWords, Problems } from "./sentences.tsx";
import type { AttentionSettings, AttentionView } from "./settings.ts";
import { curvesTable, mapsTable } from "./table.ts";

/** What the heads of a transformer look at, step by step. */
export function AttentionWidget({ workspace, settings, frame }: WidgetProps<AttentionSettings>) {
  // The workspace is made of signals, and lives as long as the tab.
  const model = useMemo(() => new AttentionModel(workspace, settings), []);
  useEffect(() => model.follow(), [model]);
  const plot = usePlot();
  const geometry = useRef<Geometry | null>(null);
  useSignalEffect(() => {
    const source = model.source.value;
    frame.title.value = source === null ? ATTENTION_WIDGET.title : attentionOf(source.run, source.tag);
    frame.offer.value = offerOf(model, settings.value, plot, geometry);
  });
  const title = (
    <SourcePicker
      sources={model.sources.value}
      source={model.source.value}
      title={ATTENTION_WIDGET.title}
      label={ATTENTION.source}
      testId="attention-source"
      pick={(source) => {
        settings.value = { ...settings.value, ...source };
        model.picked.value = null;
        model.opened.value = null;
      }}
    />
  );
  return (
    <section class="widget attention">
      <WidgetHead frame={frame} title={title}>
        <Controls model={model} settings={settings} />
      </WidgetHead>
      {model.source.value === null ? (
        <Nothing words={ATTENTION.none} code={ATTENTION_SNIPPET} testId="attention-empty" />
      ) : (
        <AnalysisArea analysis={model.curves} empty={ATTENTION.none}>
          {({ curves }) =>
            curves && (
              <>
                <Shown
                  workspace={workspace}
                  model={model}
                  settings={settings}
                  plot={plot}
                  curves={curves}
                  placed={(found) => {
                    geometry.current = found;
                  }}
                />
                <Problems problems={curves.problems} count={curves.problemCount} />
                {curves.step.length > 0 && <Steps model={model} />}
              </>
            )
          }
        </AnalysisArea>
      )}
    </section>
  );
}

function Steps({ model: { steps, step, picked, playing, maps } }: { readonly model: AttentionModel }) {
  const isReady = maps.query.value === null || (maps.answer.value !== null && !maps.isOld.value);
  return (
    <StepPlayer steps={steps.value} step={step.value} picked={picked} playing={playing} isReady={isReady} />
  );
}

interface ShownProps {
  readonly workspace: Workspace;
  readonly model: AttentionModel;
  readonly settings: Signal<AttentionSettings>;
  readonly plot: PlotHandle;
  readonly curves: AttentionCurves;
  readonly placed: (geometry: Geometry) => void;
}

function Shown(props: ShownProps) {
  const { view } = props.settings.value;
  if (props.curves.step.length === 0) return null;
  if (view === "maps") return <Maps {...props} />;
  return <Curves {...props} view={view} />;
}

function Maps({ workspace, model, settings, plot, placed }: ShownProps) {
  const [maps, refusal] = [model.maps.answer.value, model.maps.refusal.value];
  if (refusal !== null)
    return (
      <p class="in-place" role="alert">
        <bdi>{refusal}</bdi>
      </p>
    );
  if (maps === null) return <p class="in-place hint">{ATTENTION.asking}</p>;
  if (maps.problems.length > 0) return <Problems problems={maps.problems} count={1} />;
  const isOld = model.maps.isOld.value;
  return (
    <div class={isOld ? "attention-maps old" : "attention-maps"} aria-busy={isOld}>
      <MapWords maps={maps} />
      {model.opened.value !== null && maps.places.length === 1 ? (
        <Opened workspace={workspace} model={model} plot={plot} maps={maps} />
      ) : (
        <Grid
          maps={maps}
          scale={settings.value.scale}
          placed={placed}
          open={(place) => {
            model.opened.value = place;
          }}
        />
      )}
    </div>
  );
}

interface OpenedProps {
  readonly workspace: Workspace;
  readonly model: AttentionModel;
  readonly plot: PlotHandle;
  readonly maps: AttentionMaps;
}

/** One head as large as there is room for, with the words along it. */
function Opened({ workspace, model, plot, maps }: OpenedProps) {
  const figure = useMemo(() => (theme: PlotTheme) => mapFigure(maps, theme), [maps]);
  const { layer, head } = maps.places[0] ?? { layer: 0, head: 0 };
  const close = () => {
    model.opened.value = null;
  };
  return (
    <>
      <div class="attention-opened">
        <button type="button" class="plain" data-testid="all-heads" onClick={close}>
          ‹ {ATTENTION.back}
        </button>
        <span>{headName(layer, head)}</span>
      </div>
      <Plot
        plot={plot}
        theme={workspace.theme.value}
        figure={figure}
        label={headName(layer, head)}
        viewOf={`${layer} ${head}`}
      />
    </>
  );
}

interface CurvesProps extends ShownProps {
  readonly view: Exclude<AttentionView, "maps">;
}

function Curves({ workspace, model, plot, curves, view }: CurvesProps) {
  const at = model.step.value;
  const figure = useMemo(
    () => (theme: PlotTheme) => curvesFigure(curves, view, at, theme),
    [curves, view, at],
  );
  return (
    <>
      <CurveWords curves={curves} view={view} />
      <Plot
        plot={plot}
        theme={workspace.theme.value}
        figure={figure}
        label={ATTENTION.views[view]}
        viewOf={view}
        onPoint={({ x }) => {
          if (typeof x === "number") model.picked.value = x;
        }}
      />
    </>
  );
}

function offerOf(
  model: AttentionModel,
  { view, scale }: AttentionSettings,
  plot: PlotHandle,
  geometry: { readonly current: Geometry | null },
): Offer | null {
  const [source, curves, maps] = [
    model.source.value,
    model.curves.answer.value?.curves ?? null,
    model.maps.answer.value,
  ];
  if (source === null || curves === null || curves.step.length === 0) return null;
  const title = attentionOf(source.run, source.tag);
  if (view !== "maps") return plot.offer(title, () => curvesTable(curves));
  if (maps === null || maps.places.length === 0) return null;
  const table = () => mapsTable(maps);
  if (model.opened.value !== null) return plot.offer(title, table);
  return gridOffer(maps, scale, () => geometry.current, table);
}
