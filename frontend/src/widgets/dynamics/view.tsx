import { type Signal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Trajectory, TrajectoryAnswer } from "../../api/trajectory.ts";
import { formatDigits, formatInteger, formatPercent } from "../../base/format.ts";
import {
  atPlace,
  componentSentence,
  DYNAMICS,
  dynamicsOf,
  listed,
  pathSentence,
  smoothSentence,
} from "../../base/words/dynamics.ts";
import { WidgetHead } from "../head.tsx";
import { AnalysisArea } from "../plot/area.tsx";
import type { PlotHandle } from "../plot/handle.ts";
import { Plot, usePlot } from "../plot/plot.tsx";
import type { PlotTheme } from "../plot/theme.ts";
import type { WidgetProps } from "../widget.ts";
import type { Workspace } from "../workspace.ts";
import { AxisPickers, Controls } from "./controls.tsx";
import { axisNames, endOf, flatOf, type Scene, spaceOf } from "./figure.ts";
import { DynamicsModel, MOST_PATHS, tableOf } from "./model.ts";
import { Player } from "./player.tsx";
import type { DynamicsSettings } from "./settings.ts";

/** Trainings as paths through the space of their metrics. */
export function DynamicsWidget({ workspace, settings, frame }: WidgetProps<DynamicsSettings>) {
  // The workspace is made of signals, and lives as long as the tab.
  const model = useMemo(() => new DynamicsModel(workspace, settings), []);
  useEffect(() => model.analysis.follow(), [model]);
  const plot = usePlot();
  const { analysis } = model;
  const paths = useComputed(() => analysis.answer.value?.paths ?? []);
  useSignalEffect(() => {
    const names = axisNames({ paths: paths.value });
    frame.title.value = dynamicsOf(names.length > 0 ? names : model.tags.value);
    frame.offer.value =
      paths.value.length > 0 ? plot.offer(frame.title.value, () => tableOf(paths.value)) : null;
  });
  const title =
    settings.value.axes === "metrics" ? (
      <AxisPickers workspace={workspace} settings={settings} tags={model.tags.value} />
    ) : (
      <bdi class="tag-name">{DYNAMICS.title}</bdi>
    );
  return (
    <section class="widget dynamics">
      <WidgetHead frame={frame} title={<div class="title">{title}</div>}>
        <Controls settings={settings} hasEpochs={paths.value.some(({ epoch }) => epoch !== null)} />
      </WidgetHead>
      <AnalysisArea analysis={analysis} empty={DYNAMICS.none}>
        {(answer) => (
          <>
            <Sentences answer={answer} runs={model.runs.value.length} smooth={settings.value.smooth} />
            <Paths workspace={workspace} settings={settings} plot={plot} paths={answer.paths} />
          </>
        )}
      </AnalysisArea>
    </section>
  );
}

interface SentencesProps {
  readonly answer: TrajectoryAnswer;
  readonly runs: number;
  readonly smooth: boolean;
}

/** What is seen, in words. */
function Sentences({ answer, runs, smooth }: SentencesProps) {
  const [first] = answer.paths;
  if (!first) return null;
  const drawn = answer.paths.reduce((sum, { step }) => sum + step.length, 0);
  const all = answer.paths.reduce((sum, { steps }) => sum + steps, 0);
  return (
    <p class="hint plain-words" data-testid="dynamics-words">
      {first.explained ? componentWords(first) : pathSentence(first.tags)}{" "}
      {smooth && smoothSentence(formatInteger(first.window))}{" "}
      {drawn < all && DYNAMICS.thinned(formatInteger(drawn), formatInteger(all))}{" "}
      {runs > MOST_PATHS && DYNAMICS.tooMany(formatInteger(MOST_PATHS), formatInteger(runs))}{" "}
      {first.constant.length > 0 && DYNAMICS.constant(listed(first.constant))}
    </p>
  );
}

const STRONGEST = 3;

function componentWords({ explained, weights, tags, constant }: Trajectory): string {
  const share = (explained ?? []).slice(0, 3).reduce((sum, one) => sum + one, 0);
  const [first = []] = weights;
  const strongest = tags
    .map((tag, i) => ({ tag, weight: Math.abs(first[i] ?? 0) }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, STRONGEST)
    .map(({ tag }) => tag);
  return componentSentence(formatPercent(share), formatInteger(tags.length - constant.length), strongest);
}

interface PathsProps {
  readonly workspace: Workspace;
  readonly settings: Signal<DynamicsSettings>;
  readonly plot: PlotHandle;
  readonly paths: readonly Trajectory[];
}

function Paths({ workspace, settings, plot, paths }: PathsProps) {
  const [until, playing] = [useSignal<number | null>(null), useSignal(false)];
  const { colour, momentum, smooth, log } = settings.value;
  const colours = workspace.colours.value;
  const hasEpochs = paths.some(({ epoch }) => epoch !== null);
  const scene: Scene = useMemo(
    () => ({
      paths,
      colours,
      colour: colour === "epoch" && !hasEpochs ? "step" : colour,
      momentum,
      smooth,
      log,
      until: until.value,
    }),
    [paths, colours, colour, hasEpochs, momentum, smooth, log, until.value],
  );
  const isSpace = paths[0]?.position.length === 3;
  const flat = useMemo(() => (theme: PlotTheme) => flatOf(scene, theme), [scene]);
  const space = useMemo(() => (theme: PlotTheme) => spaceOf(scene, theme), [scene]);
  const names = axisNames(scene);
  return (
    <>
      <Plot
        plot={plot}
        theme={workspace.theme.value}
        figure={isSpace ? space : flat}
        flat={flat}
        label={dynamicsOf(names)}
        viewOf={`${names.join("\n")}${log}`}
      />
      <Player steps={stepsOf(paths)} until={until} playing={playing} at={placeOf(paths, until.value)} />
    </>
  );
}

const stepsOf = (paths: readonly Trajectory[]) => ({
  from: Math.min(...paths.map(({ step }) => step[0] ?? 0)),
  to: Math.max(...paths.map(({ step }) => step.at(-1) ?? 0)),
});

/** Where the first path is that is still under way. */
function placeOf(paths: readonly Trajectory[], until: number | null): string {
  const longest = [...paths].sort((a, b) => (b.step.at(-1) ?? 0) - (a.step.at(-1) ?? 0))[0];
  if (!longest) return "";
  const row = Math.max(0, endOf(longest, until) - 1);
  const epoch = longest.epoch?.[row];
  return atPlace(
    formatInteger(longest.step[row] ?? Number.NaN),
    epoch === undefined || Number.isNaN(epoch) ? null : formatDigits(epoch, 3),
  );
}
