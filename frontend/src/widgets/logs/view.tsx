import { type Signal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { formatInteger } from "../../base/format.ts";
import { LOGS_KIND } from "../../base/words/kinds.ts";
import { LOGS, LOGS_SNIPPET, lineCount } from "../../base/words/logs.ts";
import { WidgetHead } from "../head.tsx";
import { Nothing } from "../nothing.tsx";
import { AnalysisArea } from "../plot/area.tsx";
import { whyNoRuns } from "../trainings.ts";
import type { WidgetProps } from "../widget.ts";
import { Controls } from "./controls.tsx";
import { tableOf } from "./lines.ts";
import { LineList } from "./list.tsx";
import { LogsModel } from "./model.ts";
import type { LogsSettings } from "./settings.ts";

/** What the checked runs say, as they say it. */
export function LogsWidget({ workspace, settings, frame }: WidgetProps<LogsSettings>) {
  // The workspace is made of signals, and lives as long as the tab.
  const model = useMemo(() => new LogsModel(workspace, settings), []);
  useEffect(() => model.follow(), [model]);
  useSignalEffect(() => {
    const lines = model.lines.value;
    frame.title.value = LOGS_KIND.title;
    frame.offer.value = lines.length > 0 ? { table: () => tableOf(lines) } : null;
  });
  return (
    <section class="widget logs">
      <WidgetHead frame={frame} title={<Title model={model} />}>
        <Controls workspace={workspace} model={model} settings={settings} />
      </WidgetHead>
      <AnalysisArea analysis={model.analysis} empty={whyNoRuns(workspace, LOGS.noRuns)}>
        {() =>
          model.lines.value.length > 0 ? (
            <LineList model={model} search={settings.value.search.trim()} colours={workspace.colours.value} />
          ) : (
            <NoLines settings={settings} />
          )
        }
      </AnalysisArea>
    </section>
  );
}

const Title = ({ model }: { readonly model: LogsModel }) => (
  <div class="title">
    <h1>
      <span class="tag-name">{LOGS_KIND.title}</span>
    </h1>
    {model.total.value > 0 && (
      <span class="count-of-runs" data-testid="log-count">
        {lineCount(formatInteger(model.lines.value.length), formatInteger(model.total.value))}
      </span>
    )}
  </div>
);

/** No line, and why. */
function NoLines({ settings }: { readonly settings: Signal<LogsSettings> }) {
  const { search, levels } = settings.value;
  if (search.trim() !== "" || levels.length > 0) return <Nothing words={LOGS.noMatch} />;
  return (
    <Nothing
      title={LOGS.emptyTitle}
      words={LOGS.emptyText}
      code={LOGS_SNIPPET}
      more={LOGS.emptyOther}
      testId="logs-empty"
    />
  );
}
