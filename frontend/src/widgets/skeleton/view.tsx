import { useComputed, useSignalEffect } from "@preact/signals";
import { formatValue } from "../../base/format.ts";
import { lastValuesOf, SKELETON } from "../../base/words/skeleton.ts";
import { WidgetHead } from "../head.tsx";
import { checkedSeries } from "../series.ts";
import type { WidgetProps } from "../widget.ts";
import { lastValues, tableOf } from "./lastValues.ts";
import type { SkeletonSettings } from "./settings.ts";

/** The smallest complete widget: it reads the workspace, keeps a setting, and hands out what it shows. */
export function SkeletonWidget({ workspace, settings, frame }: WidgetProps<SkeletonSettings>) {
  const { bestFirst } = settings.value;
  const tag = useComputed(() => settings.value.tag ?? workspace.choice.value.tag ?? "");
  const rows = useComputed(() =>
    lastValues(checkedSeries(workspace, settings.value.tag), workspace.runs.value, settings.value),
  );
  useSignalEffect(() => {
    frame.title.value = lastValuesOf(tag.value);
    frame.offer.value = { table: () => tableOf(rows.value) };
  });
  const sort = () => {
    settings.value = { ...settings.value, bestFirst: !bestFirst };
  };
  return (
    <section class="widget">
      <WidgetHead frame={frame} title={<bdi class="title">{tag}</bdi>}>
        <button type="button" class="plain" aria-pressed={bestFirst} onClick={sort}>
          {SKELETON.sort}
        </button>
      </WidgetHead>
      <ol>
        {rows.value.map(({ run, value }) => (
          <li key={run}>
            <bdi>{run}</bdi> {formatValue(value)}
          </li>
        ))}
      </ol>
      {rows.value.length === 0 && <p class="hint">{SKELETON.none}</p>}
    </section>
  );
}
