import { useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { formatInteger } from "../../base/format.ts";
import { STATS_KIND } from "../../base/words/kinds.ts";
import { STATS, STATS_SNIPPET } from "../../base/words/stats.ts";
import { Choice } from "../choice.tsx";
import { WidgetHead } from "../head.tsx";
import { Nothing } from "../nothing.tsx";
import { AnalysisArea } from "../plot/area.tsx";
import { whyNoRuns } from "../trainings.ts";
import type { WidgetProps } from "../widget.ts";
import { Panels } from "./lines.tsx";
import { MOST_RUNS_SHOWN, StatsModel } from "./model.ts";
import { hasSystem, tableOf } from "./panels.ts";
import { type StatsSettings, TIMES } from "./settings.ts";

/** How fast the checked runs train, and what they take of their machines. */
export function StatsWidget({ workspace, settings, frame }: WidgetProps<StatsSettings>) {
  // The workspace is made of signals, and lives as long as the tab.
  const model = useMemo(() => new StatsModel(workspace, settings), []);
  useEffect(() => model.analysis.follow(), [model]);
  useSignalEffect(() => {
    const runs = model.analysis.answer.value?.runs ?? [];
    frame.title.value = STATS_KIND.title;
    frame.offer.value = model.panels.value.length > 0 ? { table: () => tableOf(runs) } : null;
  });
  const more = workspace.choice.value.checked.length - MOST_RUNS_SHOWN;
  return (
    <section class="widget stats">
      <WidgetHead frame={frame} title={<Title />}>
        <Choice
          label={STATS.axis}
          options={TIMES}
          value={settings.value.time}
          names={STATS.axisNames}
          hints={STATS.axisHints}
          testId="time"
          pick={(time) => {
            settings.value = { time };
          }}
        />
      </WidgetHead>
      <AnalysisArea analysis={model.analysis} empty={whyNoRuns(workspace, STATS.noRuns)}>
        {() =>
          model.panels.value.length === 0 ? (
            <Nothing
              title={STATS.emptyTitle}
              words={STATS.emptyText}
              code={STATS_SNIPPET}
              testId="stats-empty"
            />
          ) : (
            <>
              <Panels
                workspace={workspace}
                panels={model.panels.value}
                time={settings.value.time}
                id={frame.id}
              />
              {!hasSystem(model.panels.value) && <NoSystem />}
              {more > 0 && <p class="hint">{STATS.others(formatInteger(more))}</p>}
            </>
          )
        }
      </AnalysisArea>
    </section>
  );
}

const Title = () => (
  <div class="title">
    <h1>
      <span class="tag-name">{STATS_KIND.title}</span>
    </h1>
  </div>
);

const NoSystem = () => (
  <p class="hint" data-testid="stats-no-system">
    {STATS.noSystem} <code>{STATS_SNIPPET}</code>
  </p>
);
