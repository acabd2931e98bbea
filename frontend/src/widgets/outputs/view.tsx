import { type Signal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Outputs, Predictions } from "../../api/outputs.ts";
import { formatDigits, formatInteger, formatPercent } from "../../base/format.ts";
import { OUTPUTS_KIND } from "../../base/words/kinds.ts";
import {
  keptWords,
  OUTPUTS,
  OUTPUTS_SNIPPET,
  offByWords,
  outputsOf,
  rightOf,
} from "../../base/words/outputs.ts";
import { WidgetHead } from "../head.tsx";
import { Nothing } from "../nothing.tsx";
import { AnalysisArea } from "../plot/area.tsx";
import { SourcePicker } from "../sourcePicker.tsx";
import { StepPlayer } from "../stepPlayer.tsx";
import type { WidgetProps } from "../widget.ts";
import type { Workspace } from "../workspace.ts";
import { Confusion } from "./confusion.tsx";
import { Controls } from "./controls.tsx";
import { tableOf } from "./examples.ts";
import { Examples } from "./grid.tsx";
import { OutputsModel, withoutEnd } from "./model.ts";
import { NumberTable, Scatter } from "./numbers.tsx";
import type { OutputsSettings } from "./settings.ts";

/** What a model predicts beside what it should have, step by step. */
export function OutputsWidget({ workspace, settings, frame }: WidgetProps<OutputsSettings>) {
  // The workspace is made of signals, and lives as long as the tab.
  const model = useMemo(() => new OutputsModel(workspace, settings), []);
  useEffect(() => model.follow(), [model]);
  useSignalEffect(() => {
    const [source, predictions] = [model.source.value, model.outputs.value?.predictions];
    frame.title.value = source === null ? OUTPUTS_KIND.title : outputsOf(source.run, withoutEnd(source.tag));
    frame.offer.value = predictions ? { table: () => tableOf(predictions) } : null;
  });
  const title = (
    <SourcePicker
      sources={model.sources.value}
      source={model.source.value}
      title={OUTPUTS_KIND.title}
      label={OUTPUTS.source}
      testId="outputs-source"
      tagName={(tag) => withoutEnd(tag)}
      pick={(source) => {
        settings.value = { ...settings.value, ...source };
      }}
    />
  );
  return (
    <section class="widget outputs">
      <WidgetHead frame={frame} title={title}>
        <Controls model={model} settings={settings} />
      </WidgetHead>
      {model.source.value === null ? (
        <Nothing words={OUTPUTS.none} code={OUTPUTS_SNIPPET} testId="outputs-empty" />
      ) : (
        <AnalysisArea analysis={model.analysis} empty={OUTPUTS.none}>
          {({ outputs }) =>
            outputs && (
              <>
                <Problems problems={outputs.problems} />
                {outputs.predictions && <Headline predictions={outputs.predictions} />}
                <Shown workspace={workspace} model={model} settings={settings} outputs={outputs} />
                <Steps model={model} />
              </>
            )
          }
        </AnalysisArea>
      )}
    </section>
  );
}

/** Why something of this step can't be shown. */
const Problems = ({ problems }: { readonly problems: readonly string[] }) =>
  problems.length === 0 ? null : (
    <p class="in-place" role="alert" data-testid="outputs-problem">
      <bdi>{problems.join(" ")}</bdi>
    </p>
  );

/** How good they are, over all examples. */
function Headline({ predictions }: { readonly predictions: Predictions }) {
  const { total, kept, right, confusion, offBy } = predictions;
  const all = formatInteger(total);
  return (
    <p class="outputs-headline" data-testid="outputs-headline">
      <strong>
        {confusion === null
          ? offByWords(formatDigits(offBy, 4), formatInteger(kept))
          : rightOf(formatInteger(right), all, formatPercent(right / total))}
      </strong>
      {kept < total && <small> · {keptWords(formatInteger(kept), all)}</small>}
    </p>
  );
}

interface ShownProps {
  readonly workspace: Workspace;
  readonly model: OutputsModel;
  readonly settings: Signal<OutputsSettings>;
  readonly outputs: Outputs;
}

function Shown({ workspace, model, settings, outputs }: ShownProps) {
  const { predictions, images, step } = outputs;
  const { view } = settings.value;
  if (predictions === null && images === null) return null;
  const examples = <Examples workspace={workspace} model={model} settings={settings} outputs={outputs} />;
  return (
    <div class="outputs-shown" data-testid="outputs-shown" data-step={step}>
      {predictions === null ? (
        examples
      ) : predictions.confusion === null ? (
        <>
          {view !== "examples" && <Scatter workspace={workspace} predictions={predictions} of={outputs} />}
          {view !== "confusion" && <NumberTable predictions={predictions} />}
        </>
      ) : (
        <>
          {view !== "examples" && <Confusion predictions={predictions} cell={model.cell} />}
          {view !== "confusion" && examples}
        </>
      )}
    </div>
  );
}

function Steps({ model }: { readonly model: OutputsModel }) {
  const { steps, step, picked, playing, analysis } = model;
  return (
    <StepPlayer
      steps={steps.value}
      step={step.value}
      picked={picked}
      playing={playing}
      isReady={!analysis.isOld.value}
    />
  );
}
