import { type Signal, useComputed, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Study, SurfaceFit } from "../../api/hyperparameters.ts";
import { formatInteger, formatPercent } from "../../base/format.ts";
import {
  bestSentence,
  countSentence,
  HYPERPARAMETERS,
  hyperparametersOf,
  matterSentence,
  sliceSentence,
  trustSentence,
  VERDICT_WORDS,
} from "../../base/words/hyperparameters.ts";
import { WidgetHead } from "../head.tsx";
import { AnalysisArea } from "../plot/area.tsx";
import type { PlotPoint } from "../plot/figure.ts";
import type { PlotHandle } from "../plot/handle.ts";
import { Plot, usePlot } from "../plot/plot.tsx";
import type { PlotTheme } from "../plot/theme.ts";
import { TagPicker } from "../tagPicker.tsx";
import type { WidgetProps } from "../widget.ts";
import type { Workspace } from "../workspace.ts";
import { AxisPickers, Controls } from "./controls.tsx";
import { HyperparametersModel, tableOf } from "./model.ts";
import { NextRuns } from "./next.tsx";
import { byImportance, flatParallelOf, importanceOf, parallelOf } from "./parallel.ts";
import type { HyperparameterSettings } from "./settings.ts";
import { mapOf, rowsOf, shown, surfaceOf } from "./surface.ts";

/** What runs were started with against how well they did. */
export function HyperparametersWidget({ workspace, settings, frame }: WidgetProps<HyperparameterSettings>) {
  // The workspace is made of signals, and lives as long as the tab.
  const model = useMemo(() => new HyperparametersModel(workspace, settings), []);
  useEffect(() => model.analysis.follow(), [model]);
  const plot = usePlot();
  const study = useComputed(() => model.analysis.answer.value?.study ?? null);
  useSignalEffect(() => {
    const found = study.value;
    frame.title.value = hyperparametersOf(found?.tag ?? model.tag.value ?? "");
    frame.offer.value = found && plot.offer(frame.title.value, () => tableOf(found));
  });
  const pickTag = (tag: string | null) => {
    settings.value = { ...settings.value, tag };
  };
  const title = (
    <div class="title">
      <TagPicker workspace={workspace} tag={settings.value.tag} pick={pickTag} />
    </div>
  );
  return (
    <section class="widget hyperparameters">
      <WidgetHead frame={frame} title={title}>
        <Controls settings={settings} />
      </WidgetHead>
      <AnalysisArea analysis={model.analysis} empty={HYPERPARAMETERS.none}>
        {(answer) =>
          answer.study && <Found workspace={workspace} settings={settings} plot={plot} study={answer.study} />
        }
      </AnalysisArea>
    </section>
  );
}

interface FoundProps {
  readonly workspace: Workspace;
  readonly settings: Signal<HyperparameterSettings>;
  readonly plot: PlotHandle;
  readonly study: Study;
}

function Found({ workspace, settings, plot, study }: FoundProps) {
  const { verdict, fit } = study;
  return (
    <>
      <Sentences study={study} view={settings.value.view} />
      {verdict === "fitted" && fit ? (
        <>
          <AxisPickers settings={settings} fit={fit} />
          <Drawing workspace={workspace} settings={settings} plot={plot} study={study} fit={fit} />
          <NextRuns study={study} />
        </>
      ) : (
        <p class="in-place hint" data-testid="verdict">
          {verdict === "fitted" ? "" : VERDICT_WORDS[verdict]}
        </p>
      )}
    </>
  );
}

/** What is seen, in words. */
function Sentences({ study, view }: { readonly study: Study; readonly view: string }) {
  const { best, fit, fitted, diverged } = study;
  const value = study.value[study.run.indexOf(best ?? "")] ?? Number.NaN;
  const [first] = byImportance(study);
  const others = fit ? fit.axes.filter((name) => name !== fit.x && name !== fit.y) : [];
  const isSurface = view === "surface" || view === "map";
  return (
    <p class="hint plain-words" data-testid="hyperparameters-words">
      {best !== null && bestSentence(best, shown(value))}{" "}
      {fit && first && first.importance > 0 && matterSentence(first.name, formatPercent(first.importance))}{" "}
      {fit && trustSentence(fit.explained, formatPercent(fit.explained))}{" "}
      {countSentence(formatInteger(fitted), diverged > 0 ? formatInteger(diverged) : null)}{" "}
      {isSurface && others.length > 0 && sliceSentence(others)}
    </p>
  );
}

interface DrawingProps extends FoundProps {
  readonly fit: SurfaceFit;
}

function Drawing({ workspace, settings, plot, study, fit }: DrawingProps) {
  const { view, uncertainty } = settings.value;
  const { focus } = workspace.choice.value;
  const { figure, flat } = useMemo(() => {
    const look = { uncertainty, focus };
    const map = (theme: PlotTheme) => mapOf(study, fit, look, theme);
    return {
      surface: { figure: (theme: PlotTheme) => surfaceOf(study, fit, look, theme), flat: map },
      map: { figure: map, flat: map },
      parallel: {
        figure: (theme: PlotTheme) => parallelOf(study, theme),
        flat: (theme: PlotTheme) => flatParallelOf(study, theme),
      },
      importance: {
        figure: (theme: PlotTheme) => importanceOf(study, theme),
        flat: (theme: PlotTheme) => importanceOf(study, theme),
      },
    }[view];
  }, [study, fit, view, uncertainty, focus]);
  const focusOn = ({ trace, point }: PlotPoint) => {
    const row = trace === 0 && typeof point === "number" ? rowsOf(study)[point] : undefined;
    const run = row === undefined ? undefined : study.run[row];
    if (run !== undefined && view !== "importance") workspace.focus(run);
  };
  return (
    <Plot
      plot={plot}
      theme={workspace.theme.value}
      figure={figure}
      flat={flat}
      label={`${hyperparametersOf(study.tag)}: ${HYPERPARAMETERS.viewNames[view]}`}
      viewOf={[view, fit.x, fit.y].join("\n")}
      onPoint={focusOn}
    />
  );
}
