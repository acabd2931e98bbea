import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { Instance } from "../../api/experiments.ts";
import { FALLBACK } from "../../base/colour.ts";
import type { InstanceState } from "../../base/training.ts";
import {
  copyOf,
  EXPERIMENTS,
  INSTANCE_STATE_HINTS,
  INSTANCE_STATE_NAMES,
  moreOf,
  outputOf,
  QUESTIONS,
  ranFor,
  runsFor,
  stopOf,
  UNQUEUE,
} from "../../base/words/experiments.ts";
import { Confirm } from "../confirm.tsx";
import { Menu, type MenuEntry } from "../menu.tsx";
import { Popover } from "../popover.tsx";
import { RunName } from "../runName.tsx";
import { shownValue } from "../shownValue.ts";
import { StateBadge } from "../stateBadge.tsx";
import type { Workspace } from "../workspace.ts";
import type { Action, ExperimentsModel } from "./model.ts";
import { OutputPanel } from "./outputPanel.tsx";
import { lastLine } from "./printed.ts";

const ENDED: readonly InstanceState[] = ["finished", "failed", "stopped", "lost"];

const hasEnded = ({ state }: Instance): boolean => ENDED.includes(state);

interface RowProps {
  readonly instance: Instance;
  readonly model: ExperimentsModel;
  readonly workspace: Workspace;
  /** On the clock of `Date.now`; read only by what goes on. */
  readonly now: ReadonlySignal<number>;
}

/** One run that was started from here: how it is, and what can be done with it. */
export function Row({ instance, model, workspace, now }: RowProps) {
  const { id, run, state } = instance;
  const isOpen = useSignal(false);
  const asking = useSignal<keyof typeof QUESTIONS | null>(null);
  const problem = model.actProblem.value?.id === id ? model.actProblem.value.words : null;
  return (
    <li class="instance" data-testid="instance" data-run={run} data-id={id} data-state={state}>
      <div class="instance-head">
        <StateBadge state={state} words={INSTANCE_STATE_NAMES[state]} hint={INSTANCE_STATE_HINTS[state]} />
        <RunLink run={run} workspace={workspace} />
        <span class="instance-acts">
          <Acts
            instance={instance}
            model={model}
            isOpen={isOpen.value}
            toggle={() => (isOpen.value = !isOpen.value)}
            ask={(action) => (asking.value = action)}
          />
        </span>
      </div>
      <Facts instance={instance} now={now} />
      {problem !== null && (
        <p class="form-problem" role="alert">
          {EXPERIMENTS.notDone} <bdi>{problem}</bdi>
        </p>
      )}
      {isOpen.value && <OutputPanel workspace={workspace} instance={instance} />}
      {asking.value && (
        <Question
          action={asking.value}
          instance={instance}
          model={model}
          close={() => (asking.value = null)}
        />
      )}
    </li>
  );
}

/** The run itself, where it has logged something. */
function RunLink({ run, workspace }: { readonly run: string; readonly workspace: Workspace }) {
  const isThere = workspace.runs.value?.runs.some(({ name }) => name === run) ?? false;
  if (!isThere) return <RunName run={run} />;
  return (
    <>
      <span class="swatch" style={{ background: workspace.colours.value.get(run) ?? FALLBACK }} />
      <button
        type="button"
        class="run-button"
        title={EXPERIMENTS.open}
        data-testid="open-run"
        onClick={() => workspace.focus(run)}
      >
        <RunName run={run} />
      </button>
    </>
  );
}

function Facts({ instance, now }: Pick<RowProps, "instance" | "now">) {
  const { parameters, attempt, exitCode, message, isOurs, state } = instance;
  const last = state === "failed" ? lastLine(instance.outputEnd) : "";
  const took = duration(instance, now);
  const facts = [
    ...(took === "" ? [] : [took]),
    ...(attempt > 1 ? [`${EXPERIMENTS.attempt} ${attempt}`] : []),
    ...(exitCode === null ? [] : [EXPERIMENTS.exit(exitCode)]),
  ];
  return (
    <>
      <p class="instance-facts">
        {facts.length > 0 && <span>{facts.join(" · ")}</span>}
        {[...parameters]
          .filter(([, value]) => value !== "")
          .map(([name, value]) => (
            <bdi key={name}>{`${name}=${shownValue(value)}`}</bdi>
          ))}
      </p>
      {message !== "" && (
        <p class={state === "failed" ? "form-problem" : "field-help"}>
          <bdi>{message}</bdi>
        </p>
      )}
      {last !== "" && (
        <p class="instance-last form-problem" title={EXPERIMENTS.lastLine} data-testid="last-line">
          <bdi>{last}</bdi>
        </p>
      )}
      {!isOurs && <p class="field-help">{EXPERIMENTS.notOurs}</p>}
    </>
  );
}

function duration({ startedTime, endedTime }: Instance, now: ReadonlySignal<number>): string {
  if (!Number.isFinite(startedTime)) return "";
  if (endedTime >= startedTime) return ranFor(endedTime - startedTime);
  return runsFor(Math.max(0, now.value / 1000 - startedTime));
}

interface ActsProps {
  readonly instance: Instance;
  readonly model: ExperimentsModel;
  readonly isOpen: boolean;
  readonly toggle: () => void;
  readonly ask: (action: keyof typeof QUESTIONS) => void;
}

function Acts({ instance, model, isOpen, toggle, ask }: ActsProps) {
  const { run, state, isOurs } = instance;
  const isGone = hasEnded(instance);
  return (
    <>
      {state !== "queued" && (
        <button
          type="button"
          class="side-act"
          title={EXPERIMENTS.outputHint}
          aria-label={outputOf(run)}
          aria-expanded={isOpen}
          data-testid="show-output"
          onClick={toggle}
        >
          {EXPERIMENTS.output}
        </button>
      )}
      <button
        type="button"
        class="side-act"
        title={EXPERIMENTS.copyHint}
        aria-label={copyOf(run)}
        data-testid="copy-instance"
        onClick={() => model.copy(instance)}
      >
        {EXPERIMENTS.copy}
      </button>
      {isOurs && !isGone && (
        <button
          type="button"
          class="side-act"
          disabled={state === "stopping"}
          aria-label={stopOf(run)}
          data-testid="stop-instance"
          onClick={() => ask("stop")}
        >
          {EXPERIMENTS.stop}
        </button>
      )}
      <More instance={instance} model={model} ask={ask} />
    </>
  );
}

type MoreProps = Pick<ActsProps, "instance" | "model" | "ask">;

function More({ instance, model, ask }: MoreProps) {
  const name = moreOf(instance.run);
  return (
    <Popover
      button={{
        class: "side-act",
        "aria-label": name,
        title: EXPERIMENTS.more,
        "data-testid": "more-of-instance",
      }}
      face="⋯"
      name={name}
      placement="bottom-end"
    >
      {(close) => <Menu groups={[{ entries: entriesOf({ instance, model, ask }) }]} close={close} />}
    </Popover>
  );
}

function entriesOf({ instance, model, ask }: MoreProps): MenuEntry[] {
  const entry = (action: Action, words: string, run: () => void): MenuEntry => ({
    name: words,
    testId: `${action}-instance`,
    run,
  });
  const remove = entry("remove", EXPERIMENTS.remove, () => ask("remove"));
  if (!instance.isOurs) return [remove];
  if (!hasEnded(instance)) {
    const kill = entry("kill", EXPERIMENTS.kill, () => ask("kill"));
    return instance.state === "queued" ? [kill, remove] : [kill];
  }
  const declared = model.all.value?.experiments.find(({ name }) => name === instance.experiment);
  const resume = entry("resume", EXPERIMENTS.resume, () => void model.act("resume", instance));
  const restart = entry("restart", EXPERIMENTS.restart, () => ask("restart"));
  return [...(declared?.resumes ? [resume] : []), ...(declared ? [restart] : []), remove];
}

interface QuestionProps {
  readonly action: keyof typeof QUESTIONS;
  readonly instance: Instance;
  readonly model: ExperimentsModel;
  readonly close: () => void;
}

function Question({ action, instance, model, close }: QuestionProps) {
  const isWaiting = action === "stop" && instance.state === "queued";
  const { title, words, act } = isWaiting ? UNQUEUE : QUESTIONS[action];
  return (
    <Confirm title={title} act={act} close={close} run={() => void model.act(action, instance)}>
      <p>
        <b>
          <bdi>{instance.run}</bdi>
        </b>
      </p>
      <p>{words}</p>
    </Confirm>
  );
}
