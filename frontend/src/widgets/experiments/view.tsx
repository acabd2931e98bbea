import { useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Instance } from "../../api/experiments.ts";
import { INSTANCE_STATES } from "../../base/training.ts";
import { EXPERIMENTS, EXPERIMENTS_TOML, tally } from "../../base/words/experiments.ts";
import { EXPERIMENTS_KIND } from "../../base/words/kinds.ts";
import { Code } from "../code.tsx";
import { WidgetHead } from "../head.tsx";
import { Nothing } from "../nothing.tsx";
import type { WidgetProps } from "../widget.ts";
import type { Workspace } from "../workspace.ts";
import { InstanceList, tableOf } from "./list.tsx";
import { ExperimentsModel } from "./model.ts";
import type { ExperimentSettings } from "./settings.ts";
import { StartForm } from "./startForm.tsx";

/** What can be started from here, and what was. */
export function ExperimentsWidget({ workspace, settings, frame }: WidgetProps<ExperimentSettings>) {
  // The workspace is made of signals, and lives as long as the tab.
  const model = useMemo(() => new ExperimentsModel(workspace, settings), []);
  useEffect(() => model.follow(), [model]);
  useSignalEffect(() => {
    const instances = model.instances.value;
    frame.title.value = EXPERIMENTS_KIND.title;
    frame.offer.value = instances.length > 0 ? { table: () => tableOf(instances) } : null;
  });
  return (
    <section class="widget experiments">
      <WidgetHead
        frame={frame}
        title={
          <div class="title">
            <h1>
              <span class="tag-name">{EXPERIMENTS_KIND.title}</span>
            </h1>
            <span class="count-of-runs" data-testid="instance-tally">
              {tallyOf(model.instances.value)}
            </span>
          </div>
        }
      />
      <Body model={model} workspace={workspace} />
    </section>
  );
}

const tallyOf = (instances: readonly Instance[]): string =>
  tally(
    INSTANCE_STATES.map(
      (state) => [state, instances.filter((one) => one.state === state).length] as const,
    ).filter(([, count]) => count > 0),
  );

interface BodyProps {
  readonly model: ExperimentsModel;
  readonly workspace: Workspace;
}

function Body({ model, workspace }: BodyProps) {
  const config = workspace.rights.config.value;
  if (config !== null && !config.launch) return <Off why={config.why} />;
  if (model.refusal.value !== null) return <Nothing words={model.refusal.value} isAlert />;
  if (model.all.value === null) return <Nothing words={EXPERIMENTS.loading} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="launch" tabIndex={0} aria-label={EXPERIMENTS_KIND.title}>
      {model.experiment.value === null ? (
        <div class="launch-pane">
          <p>{EXPERIMENTS.nothingDeclared}</p>
          <Code text={EXPERIMENTS_TOML} />
        </div>
      ) : (
        <StartForm model={model} experiment={model.experiment.value} />
      )}
      <InstanceList model={model} workspace={workspace} />
    </section>
  );
}

const Off = ({ why }: { readonly why: string }) => (
  <div class="nothing" role="status" data-testid="experiments-off">
    <h2>{EXPERIMENTS.offTitle}</h2>
    {why !== "" && (
      <p>
        <bdi>{why}</bdi>
      </p>
    )}
    <p>{EXPERIMENTS.offText}</p>
    <Code text={EXPERIMENTS_TOML} />
    <Code text={EXPERIMENTS.offCommand} />
  </div>
);
