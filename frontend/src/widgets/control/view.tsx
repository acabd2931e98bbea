import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Training, TrainingStatus } from "../../api/control.ts";
import { FALLBACK } from "../../base/colour.ts";
import type { CommandName } from "../../base/training.ts";
import { CONTROL_KIND } from "../../base/words/kinds.ts";
import {
  COMMAND_HINTS,
  COMMAND_NAMES,
  CONTROL,
  CONTROL_SNIPPET,
  heardAgo,
  savedCheckpoint,
  TRAINING_STATE_HINTS,
  TRAINING_STATE_NAMES,
} from "../../base/words/training.ts";
import { Code } from "../code.tsx";
import { Confirm } from "../confirm.tsx";
import { WidgetHead } from "../head.tsx";
import { Nothing } from "../nothing.tsx";
import { useNow } from "../now.ts";
import { RunName } from "../runName.tsx";
import { StateBadge } from "../stateBadge.tsx";
import { checkedRuns, whyNoRuns } from "../trainings.ts";
import type { WidgetProps } from "../widget.ts";
import type { Workspace } from "../workspace.ts";
import { History, tableOf } from "./history.tsx";
import { ControlModel, isAlive } from "./model.ts";
import { NotObeyed } from "./notObeyed.tsx";
import { Parameters } from "./parameters.tsx";
import type { ControlSettings } from "./settings.ts";

/** What a training can be told, and what became of that. */
export function ControlWidget({ workspace, settings, frame }: WidgetProps<ControlSettings>) {
  // The workspace is made of signals, and lives as long as the tab.
  const model = useMemo(() => new ControlModel(workspace, settings), []);
  useEffect(() => model.follow(), [model]);
  useSignalEffect(() => {
    const history = model.history.value;
    frame.title.value = CONTROL_KIND.title;
    frame.offer.value = history.length > 0 ? { table: () => tableOf(history) } : null;
  });
  return (
    <section class="widget control">
      <WidgetHead
        frame={frame}
        title={
          <div class="title">
            <h1>
              <span class="tag-name">{CONTROL_KIND.title}</span>
            </h1>
          </div>
        }
      >
        <RunChoice workspace={workspace} settings={settings} />
      </WidgetHead>
      <Body model={model} workspace={workspace} />
    </section>
  );
}

interface RunChoiceProps {
  readonly workspace: Workspace;
  readonly settings: Signal<ControlSettings>;
}

/** The run in focus, or one that stays. */
function RunChoice({ workspace, settings }: RunChoiceProps) {
  const chosen = settings.value.run;
  const runs = checkedRuns(workspace);
  const offered = chosen === null || runs.includes(chosen) ? runs : [chosen, ...runs];
  return (
    <select
      class="pick"
      aria-label={CONTROL.run}
      title={CONTROL.run}
      data-testid="control-run"
      value={chosen === null ? "" : `=${chosen}`}
      onChange={({ currentTarget: { value } }) => {
        settings.value = { ...settings.value, run: value === "" ? null : value.slice(1) };
      }}
    >
      <option value="">{CONTROL.inFocus}</option>
      {offered.map((run) => (
        <option key={run} value={`=${run}`}>
          {run}
        </option>
      ))}
    </select>
  );
}

interface BodyProps {
  readonly model: ControlModel;
  readonly workspace: Workspace;
}

function Body({ model, workspace }: BodyProps) {
  const [run, training] = [model.run.value, model.training.value];
  const { refusal } = model.trainings;
  if (run === null) return <Nothing words={whyNoRuns(workspace, CONTROL.noRun)} />;
  if (refusal.value !== null) return <Nothing words={refusal.value} isAlert />;
  if (training === null) return <Nothing words={CONTROL.loading} />;
  if (training.status === null && training.problem !== "")
    return <Nothing words={training.problem} isAlert />;
  if (training.status === null) {
    return (
      <Nothing
        title={CONTROL.silentTitle}
        words={CONTROL.silentText}
        code={CONTROL_SNIPPET}
        testId="control-silent"
      />
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="control-body" tabIndex={0} aria-label={CONTROL_KIND.title}>
      <div class="control-part">
        <Who training={training} model={model} workspace={workspace} />
        <Acts training={training} status={training.status} model={model} workspace={workspace} />
      </div>
      <History history={model.history.value} />
    </section>
  );
}

interface WhoProps extends BodyProps {
  readonly training: Training;
}

function Who({ training, model, workspace }: WhoProps) {
  const now = useNow();
  const { run, state } = training;
  return (
    <div class="training-head">
      <StateBadge state={state} words={TRAINING_STATE_NAMES[state]} hint={TRAINING_STATE_HINTS[state]} />
      <span class="swatch" style={{ background: workspace.colours.value.get(run) ?? FALLBACK }} />
      <RunName run={run} />
      <small class="control-heard">{heardAgo(model.trainings.heardSecsAgo(training, now.value))}</small>
    </div>
  );
}

interface ActsProps extends WhoProps {
  readonly status: TrainingStatus;
}

/** What it can be told now; or why it can't be told anything. */
function Acts({ training, status, model, workspace }: ActsProps) {
  const config = workspace.rights.config.value;
  if (config !== null && !config.control) return <Off why={config.why} />;
  if (!isAlive(training)) return <p class="control-note">{CONTROL.over}</p>;
  return (
    <>
      {training.problem !== "" && (
        <p class="form-problem" role="alert">
          <bdi>{training.problem}</bdi>
        </p>
      )}
      <Commands training={training} obeys={status.obeys} model={model} />
      {model.problem.value !== null && (
        <p class="form-problem" role="alert" data-testid="control-problem">
          {CONTROL.notSent} <bdi>{model.problem.value}</bdi>
        </p>
      )}
      {status.checkpoint && (
        <p class="control-note">{savedCheckpoint(status.checkpoint.path, status.checkpoint.step)}</p>
      )}
      <Parameters parameters={status.parameters} canSet={status.obeys.includes("set")} model={model} />
      <NotObeyed obeys={status.obeys} />
    </>
  );
}

const Off = ({ why }: { readonly why: string }) => (
  <section class="control-off" data-testid="control-off">
    <h2>{CONTROL.offTitle}</h2>
    {why !== "" && (
      <p>
        <bdi>{why}</bdi>
      </p>
    )}
    <p>{CONTROL.offText}</p>
    <Code text={CONTROL.offCommand} />
  </section>
);

interface CommandsProps {
  readonly training: Training;
  readonly obeys: readonly CommandName[];
  readonly model: ControlModel;
}

function Commands({ training, obeys, model }: CommandsProps) {
  const isAsked = useSignal(false);
  const pausing = training.state === "paused" ? "resume" : "pause";
  const shown = [pausing, "checkpoint", "predict"] as const;
  const isStopping = training.state === "stopping";
  const isOff = (command: CommandName) => isStopping || !obeys.includes(command);
  return (
    <div class="commands" role="toolbar" aria-label={CONTROL.commands}>
      {shown.map((command) => (
        <button
          key={command}
          type="button"
          class="plain"
          disabled={isOff(command)}
          title={COMMAND_HINTS[command]}
          data-testid={`command-${command}`}
          onClick={() => void model.send(command)}
        >
          {COMMAND_NAMES[command]}
        </button>
      ))}
      <button
        type="button"
        class="plain destroys"
        disabled={isOff("stop")}
        title={COMMAND_HINTS.stop}
        data-testid="command-stop"
        onClick={() => {
          isAsked.value = true;
        }}
      >
        {COMMAND_NAMES.stop}
      </button>
      {isAsked.value && (
        <Confirm
          title={CONTROL.really}
          act={COMMAND_NAMES.stop}
          close={() => (isAsked.value = false)}
          run={() => void model.send("stop")}
        >
          <p>
            <b>
              <bdi>{training.run}</bdi>
            </b>
          </p>
          <p>{CONTROL.reallyText}</p>
        </Confirm>
      )}
    </div>
  );
}
