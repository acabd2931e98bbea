import { type Signal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { ALERTS, alertCount, lookedAt, moreUnchecked, nothingFound } from "../../base/words/alertList.ts";
import { ALERTS_KIND } from "../../base/words/kinds.ts";
import { Choice } from "../choice.tsx";
import { WidgetHead } from "../head.tsx";
import { Popover } from "../popover.tsx";
import type { WidgetProps } from "../widget.ts";
import { DetectorPanel } from "./detectors.tsx";
import { Filters } from "./filters.tsx";
import { AlertList } from "./list.tsx";
import { AlertModel } from "./model.ts";
import { tableOf } from "./rows.ts";
import { type AlertSettings, SCOPES, SORTS } from "./settings.ts";

/** What went wrong in the runs, in a list that leads there. */
export function AlertWidget({ workspace, settings, frame }: WidgetProps<AlertSettings>) {
  // The workspace is made of signals, and lives as long as the tab.
  const model = useMemo(() => new AlertModel(workspace, settings), []);
  useEffect(() => model.follow(), [model]);
  useSignalEffect(() => {
    const rows = model.rows.value;
    frame.title.value = ALERTS_KIND.title;
    frame.offer.value = { table: () => tableOf(rows) };
  });
  const rows = model.rows.value;
  return (
    <section class="widget alerts">
      <WidgetHead frame={frame} title={<Title model={model} />}>
        <Controls model={model} settings={settings} />
      </WidgetHead>
      <Progress model={model} />
      <Filters model={model} settings={settings} colours={workspace.colours.value} />
      {rows.length > 0 ? (
        <AlertList rows={rows} model={model} colours={workspace.colours.value} />
      ) : (
        <Nothing model={model} settings={settings} />
      )}
      <Unchecked model={model} settings={settings} />
    </section>
  );
}

const Title = ({ model }: { readonly model: AlertModel }) => (
  <div class="title">
    <h1>
      {ALERTS_KIND.title}{" "}
      <span class="pill" data-testid="alert-count">
        {alertCount(model.rows.value.length, model.scoped.value.length)}
      </span>
    </h1>
  </div>
);

interface ModelProps {
  readonly model: AlertModel;
  readonly settings: Signal<AlertSettings>;
}

function Controls({ model, settings }: ModelProps) {
  const { scope, sort } = settings.value;
  return (
    <div class="toolbar">
      <Choice
        label={ALERTS.scope}
        options={SCOPES}
        value={scope}
        names={ALERTS.scopes}
        testId="alerts-scope"
        pick={(picked) => {
          settings.value = { ...settings.value, scope: picked };
        }}
      />
      <Choice
        label={ALERTS.sort}
        options={SORTS}
        value={sort}
        names={ALERTS.sorts}
        testId="alerts-sort"
        pick={(picked) => {
          settings.value = { ...settings.value, sort: picked };
        }}
      />
      <Popover
        button={{ class: "plain", title: ALERTS.detectorsHint, "data-testid": "detectors" }}
        face={ALERTS.detectors}
        name={ALERTS.detectors}
        placement="bottom-end"
      >
        {() => <DetectorPanel model={model} />}
      </Popover>
    </div>
  );
}

function Progress({ model }: { readonly model: AlertModel }) {
  const progress = model.known.value?.progress;
  if (!progress || progress.isComplete) return null;
  const { seriesDone, seriesTotal } = progress;
  return (
    <p class="alerts-progress" role="status" data-testid="alerts-progress">
      <progress value={seriesDone} max={Math.max(1, seriesTotal)} aria-hidden="true" />
      {lookedAt(seriesDone, seriesTotal)}
    </p>
  );
}

/** Alerts of runs that nobody looks at may be the gravest: that there are some is said below the list. */
function Unchecked({ model, settings }: ModelProps) {
  const count = model.moreUnchecked.value;
  if (count === 0) return null;
  return (
    <p class="alerts-unchecked" role="status" data-testid="alerts-unchecked">
      {moreUnchecked(count)}
      <button
        type="button"
        class="plain"
        data-testid="show-unchecked"
        onClick={() => {
          settings.value = { ...settings.value, scope: "all" };
        }}
      >
        {ALERTS.showUnchecked}
      </button>
    </p>
  );
}

/** Why the list is empty: what was looked for, and where. */
function Nothing({ model, settings }: ModelProps) {
  const [known, refusal] = [model.known.value, model.refusal.value];
  const looking = model.detectors.value.filter(({ isOn }) => isOn);
  const showAll = () => {
    settings.value = { ...settings.value, kinds: [], severities: [], runs: [], tag: null };
  };
  if (model.scoped.value.length > 0) {
    return (
      <div class="alerts-empty">
        <p>{ALERTS.filtered}</p>
        <button type="button" class="plain" onClick={showAll}>
          {ALERTS.showAll}
        </button>
      </div>
    );
  }
  return (
    <div class="alerts-empty" role="status" data-testid="alerts-empty">
      <p>
        {refusal !== null
          ? `${ALERTS.refused} ${refusal}`
          : looking.length === 0
            ? ALERTS.noDetector
            : known?.progress.isComplete
              ? nothingFound(
                  looking.map(({ info }) => info.name),
                  model.runCount(),
                )
              : ALERTS.looking}
      </p>
    </div>
  );
}
