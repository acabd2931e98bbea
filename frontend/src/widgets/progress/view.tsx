import { type Signal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Training, TrainingProgress } from "../../api/control.ts";
import { FALLBACK } from "../../base/colour.ts";
import { commonFolder } from "../../base/commonFolder.ts";
import { PROGRESS_KIND } from "../../base/words/kinds.ts";
import {
  atStepOf,
  batchesPerSec,
  epochsDone,
  epochsDoneOf,
  heardAgo,
  PROGRESS,
  PROGRESS_SNIPPET,
  silentRuns,
  TRAINING_STATE_HINTS,
  TRAINING_STATE_NAMES,
  timeLeft,
  trainingsShown,
  whereInEpoch,
} from "../../base/words/training.ts";
import { WidgetHead } from "../head.tsx";
import { Nothing } from "../nothing.tsx";
import { useNow } from "../now.ts";
import { RunName } from "../runName.tsx";
import { steady } from "../series.ts";
import { StateBadge } from "../stateBadge.tsx";
import { checkedRuns, MOST_TRAININGS, Trainings, whyNoRuns } from "../trainings.ts";
import type { WidgetProps } from "../widget.ts";
import type { Workspace } from "../workspace.ts";
import type { ProgressSettings } from "./settings.ts";
import { epochShare, epochsOf, hundredths, percent, tableOf, wholeShare } from "./shares.ts";

/** How far the trainings of the checked runs are, and whether they are alive. */
export function ProgressWidget({ workspace, frame }: WidgetProps<ProgressSettings>) {
  // The workspace is made of signals, and lives as long as the tab.
  const runs = useMemo(() => steady(() => checkedRuns(workspace)), []);
  const model = useMemo(() => new Trainings(workspace, runs), []);
  useEffect(() => model.follow(), [model]);
  const telling = (model.all.value ?? []).filter(({ status }) => status !== null);
  useSignalEffect(() => {
    const all = (model.all.value ?? []).filter(({ status }) => status !== null);
    frame.title.value = PROGRESS_KIND.title;
    frame.offer.value = all.length > 0 ? { table: () => tableOf(all) } : null;
  });
  return (
    <section class="widget progress">
      <WidgetHead
        frame={frame}
        title={
          <div class="title">
            <h1>
              <span class="tag-name">{PROGRESS_KIND.title}</span>
            </h1>
          </div>
        }
      />
      {telling.length > 0 ? (
        <TrainingList trainings={telling} model={model} workspace={workspace} />
      ) : (
        <NoTraining model={model} workspace={workspace} checked={runs.value.length} />
      )}
      {telling.length > 0 && <Notes model={model} checked={runs.value.length} telling={telling.length} />}
    </section>
  );
}

interface NotesProps {
  readonly model: Trainings;
  readonly checked: number;
  readonly telling: number;
}

function Notes({ model, checked, telling }: NotesProps) {
  const silent = (model.all.value ?? []).length - telling;
  return (
    <>
      {silent > 0 && <p class="hint">{silentRuns(silent)}</p>}
      {checked > MOST_TRAININGS && <p class="hint">{trainingsShown(MOST_TRAININGS, checked)}</p>}
    </>
  );
}

interface NoTrainingProps {
  readonly model: Trainings;
  readonly workspace: Workspace;
  readonly checked: number;
}

function NoTraining({ model, workspace, checked }: NoTrainingProps) {
  if (model.refusal.value !== null) return <Nothing words={model.refusal.value} isAlert />;
  if (checked === 0) return <Nothing words={whyNoRuns(workspace, PROGRESS.noRuns)} />;
  if (model.all.value === null) return <Nothing words={PROGRESS.loading} />;
  return (
    <Nothing
      title={PROGRESS.emptyTitle}
      words={PROGRESS.emptyText}
      code={PROGRESS_SNIPPET}
      more={PROGRESS.emptyOther}
      testId="progress-empty"
    />
  );
}

interface TrainingListProps {
  readonly trainings: readonly Training[];
  readonly model: Trainings;
  readonly workspace: Workspace;
}

function TrainingList({ trainings, model, workspace }: TrainingListProps) {
  const now = useNow();
  const common = commonFolder(trainings.map(({ run }) => run));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="trainings" tabIndex={0} aria-label={PROGRESS.list}>
      <ul class={trainings.length === 1 ? "alone" : ""}>
        {trainings.map((training) => (
          <Row
            key={training.run}
            training={training}
            model={model}
            workspace={workspace}
            now={now}
            common={common}
          />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  readonly training: Training;
  readonly model: Trainings;
  readonly workspace: Workspace;
  readonly now: Signal<number>;
  /** The folders that all names begin with. */
  readonly common: string;
}

function Row({ training, model, workspace, now, common }: RowProps) {
  const { run, state, status, problem } = training;
  if (status === null) return null;
  const { progress, message } = status;
  const heard = heardAgo(model.heardSecsAgo(training, now.value));
  return (
    <li class="training" data-testid="training" data-run={run} data-state={state}>
      <div class="training-head">
        <StateBadge
          state={state}
          words={TRAINING_STATE_NAMES[state]}
          hint={`${TRAINING_STATE_HINTS[state]}; ${heard}`}
        />
        <span class="swatch" style={{ background: workspace.colours.value.get(run) ?? FALLBACK }} />
        <button
          type="button"
          class="run-button"
          title={run}
          aria-current={workspace.choice.value.focus === run}
          onClick={() => workspace.focus(run)}
        >
          <RunName run={run} common={common} />
        </button>
      </div>
      <Bars progress={progress} />
      <p class="training-foot">
        <Speed training={training} progress={progress} />
        <span class={state === "dead" ? "heard long-ago" : "heard"} data-testid="heard">
          {heard}
        </span>
        {[message, problem].filter(Boolean).map((words) => (
          <bdi key={words} class="training-message">
            {words}
          </bdi>
        ))}
      </p>
    </li>
  );
}

/** A bar over all epochs, and a thin one over this one. */
function Bars({ progress }: { readonly progress: TrainingProgress }) {
  const [whole, inEpoch] = [wholeShare(progress), epochShare(progress)];
  return (
    <div class="training-bars">
      <p class="training-where">
        <span data-testid="epochs-done">{wholeWords(progress)}</span>
        {whole !== null && <b data-testid="whole-percent">{percent(whole)}</b>}
      </p>
      {whole !== null && <Bar share={whole} label={PROGRESS.whole} kind="whole" />}
      <p class="training-where in-epoch">
        <span data-testid="in-epoch">{whereInEpoch(progress.epoch, progress.batch, progress.batches)}</span>
        {inEpoch !== null && <span>{percent(inEpoch)}</span>}
      </p>
      {inEpoch !== null && <Bar share={inEpoch} label={PROGRESS.ofEpoch} kind="in-epoch" />}
    </div>
  );
}

const Bar = ({ share, label, kind }: { share: number; label: string; kind: string }) => (
  <div
    class={`training-bar ${kind}`}
    role="progressbar"
    aria-label={label}
    aria-valuemin={0}
    aria-valuemax={100}
    aria-valuenow={hundredths(share)}
  >
    <span style={{ width: `${share * 100}%` }} />
  </div>
);

function wholeWords({ epochsDone: done, epochs, step }: TrainingProgress): string {
  const parts: string[] = [];
  if (epochs > 0) parts.push(epochsDoneOf(epochsOf(done), String(epochs)));
  else if (done > 0) parts.push(epochsDone(epochsOf(done)));
  if (Number.isFinite(step)) parts.push(atStepOf(step));
  return parts.join(" · ");
}

/** How fast, and how long it will take; of what does not go on, neither. */
function Speed({ training: { state }, progress }: { training: Training; progress: TrainingProgress }) {
  if (state !== "running") return null;
  const { batchesPerSec: rate, remainingSecs } = progress;
  return (
    <>
      {Number.isFinite(remainingSecs) && <b data-testid="time-left">{timeLeft(remainingSecs)}</b>}
      {rate > 0 && <span data-testid="speed">{batchesPerSec(rate)}</span>}
    </>
  );
}
