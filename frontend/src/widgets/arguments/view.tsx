import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { formatInteger } from "../../base/format.ts";
import {
  ARGUMENTS,
  ARGUMENTS_SNIPPET,
  argumentCount,
  runsShown,
  runsWithout,
} from "../../base/words/arguments.ts";
import { ARGUMENTS_KIND } from "../../base/words/kinds.ts";
import { copyText } from "../clipboard.ts";
import { WidgetHead } from "../head.tsx";
import { Nothing } from "../nothing.tsx";
import type { WidgetProps } from "../widget.ts";
import { ArgumentsModel, MOST_RUNS_SHOWN } from "./model.ts";
import { jsonOf, tableOf } from "./rows.ts";
import type { ArgumentsSettings } from "./settings.ts";
import { ArgumentsTable } from "./table.tsx";

const SAID_MS = 2000;

/** What the checked runs were started with, side by side. */
export function ArgumentsWidget({ workspace, settings, frame }: WidgetProps<ArgumentsSettings>) {
  // The workspace is made of signals, and lives as long as the tab.
  const model = useMemo(() => new ArgumentsModel(workspace, settings), []);
  useEffect(() => model.follow(), [model]);
  useSignalEffect(() => {
    const [shown, rows] = [model.shown.value, model.rows.value];
    frame.title.value = ARGUMENTS_KIND.title;
    frame.offer.value = rows.length > 0 ? { table: () => tableOf(shown, rows) } : null;
  });
  const checked = workspace.choice.value.checked.length;
  return (
    <section class="widget arguments">
      <WidgetHead frame={frame} title={<Title model={model} />}>
        <Controls model={model} settings={settings} />
      </WidgetHead>
      {model.rows.value.length > 0 ? (
        <ArgumentsTable workspace={workspace} model={model} />
      ) : (
        <NoRows model={model} />
      )}
      {model.all.value.length > 0 && <Notes model={model} checked={checked} />}
    </section>
  );
}

/** What is not in the table, and why. */
function Notes({ model, checked }: { readonly model: ArgumentsModel; readonly checked: number }) {
  const without = (model.answer.value?.length ?? 0) - model.shown.value.length;
  return (
    <>
      {without > 0 && <p class="hint">{runsWithout(formatInteger(without))}</p>}
      {checked > MOST_RUNS_SHOWN && (
        <p class="hint">{runsShown(formatInteger(MOST_RUNS_SHOWN), formatInteger(checked))}</p>
      )}
    </>
  );
}

const Title = ({ model }: { readonly model: ArgumentsModel }) => (
  <div class="title">
    <h1>
      <span class="tag-name">{ARGUMENTS_KIND.title}</span>
    </h1>
    <span class="count-of-runs" data-testid="argument-count">
      {argumentCount(formatInteger(model.rows.value.length), formatInteger(model.all.value.length))}
    </span>
  </div>
);

interface ControlsProps {
  readonly model: ArgumentsModel;
  readonly settings: Signal<ArgumentsSettings>;
}

function Controls({ model, settings }: ControlsProps) {
  const { onlyDifferences } = settings.value;
  return (
    <>
      <input
        class="filter argument-search"
        type="search"
        data-testid="argument-search"
        aria-label={ARGUMENTS.search}
        placeholder={ARGUMENTS.search}
        value={model.query.value}
        onInput={(event) => {
          model.query.value = event.currentTarget.value;
        }}
      />
      <button
        type="button"
        class="plain toggle"
        data-testid="only-differences"
        title={ARGUMENTS.onlyDifferencesHint}
        aria-pressed={onlyDifferences}
        onClick={() => {
          settings.value = { ...settings.value, onlyDifferences: !onlyDifferences };
        }}
      >
        {ARGUMENTS.onlyDifferences}
      </button>
      <CopyButton model={model} />
    </>
  );
}

function CopyButton({ model }: { readonly model: ArgumentsModel }) {
  const said = useSignal("");
  useEffect(() => {
    if (said.value === "") return undefined;
    const timer = setTimeout(() => {
      said.value = "";
    }, SAID_MS);
    return () => clearTimeout(timer);
  }, [said.value]);
  const copy = async () => {
    said.value = (await copyText(jsonOf(model.shown.value))) ? ARGUMENTS.copied : ARGUMENTS.notCopied;
  };
  return (
    <>
      <button
        type="button"
        class="plain"
        data-testid="copy-arguments"
        title={ARGUMENTS.copyHint}
        disabled={model.all.value.length === 0}
        onClick={() => void copy()}
      >
        {said.value || ARGUMENTS.copy}
      </button>
      <span class="unseen" role="status">
        {said}
      </span>
    </>
  );
}

/** What is said where there is no table. */
function NoRows({ model }: { readonly model: ArgumentsModel }) {
  if (model.refusal.value !== null) {
    return (
      <p class="in-place" role="alert">
        <bdi>{model.refusal.value}</bdi>
      </p>
    );
  }
  if (model.answer.value !== null && model.all.value.length === 0) return <Empty />;
  const words =
    model.answer.value === null
      ? ARGUMENTS.loading
      : model.query.value.trim() === ""
        ? ARGUMENTS.same
        : ARGUMENTS.noMatch;
  return (
    <p class="in-place" role="status">
      {words}
    </p>
  );
}

const Empty = () => (
  <Nothing
    title={ARGUMENTS.emptyTitle}
    words={ARGUMENTS.emptyText}
    code={ARGUMENTS_SNIPPET}
    more={ARGUMENTS.emptyOther}
    testId="arguments-empty"
  />
);
