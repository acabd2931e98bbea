import type { Instance } from "../../api/experiments.ts";
import type { Table } from "../../base/table.ts";
import { EXPERIMENTS, moreInstances } from "../../base/words/experiments.ts";
import { useNow } from "../now.ts";
import type { Workspace } from "../workspace.ts";
import type { ExperimentsModel } from "./model.ts";
import { Row } from "./row.tsx";

const MOST_SHOWN = 200;

interface InstanceListProps {
  readonly model: ExperimentsModel;
  readonly workspace: Workspace;
}

/** All that was started from here, the newest first. */
export function InstanceList({ model, workspace }: InstanceListProps) {
  const now = useNow();
  const instances = model.instances.value;
  return (
    <section class="launch-pane" aria-label={EXPERIMENTS.started}>
      <h2>{EXPERIMENTS.started}</h2>
      {instances.length === 0 && <p class="control-note">{EXPERIMENTS.nothingStarted}</p>}
      <ul class="instances" data-testid="instances">
        {instances.slice(0, MOST_SHOWN).map((instance) => (
          <Row key={instance.id} instance={instance} model={model} workspace={workspace} now={now} />
        ))}
      </ul>
      {instances.length > MOST_SHOWN && (
        <p class="control-note">{moreInstances(instances.length - MOST_SHOWN)}</p>
      )}
    </section>
  );
}

export function tableOf(instances: readonly Instance[]): Table {
  const names = [...new Set(instances.flatMap(({ parameters }) => [...parameters.keys()]))];
  const texts = (name: string, pick: (one: Instance) => string) => ({ name, values: instances.map(pick) });
  const numbers = (name: string, pick: (one: Instance) => number) => ({
    name,
    values: Float64Array.from(instances, pick),
  });
  return {
    columns: [
      texts("run", ({ run }) => run),
      texts("experiment", ({ experiment }) => experiment),
      texts("state", ({ state }) => state),
      numbers("exit_code", ({ exitCode }) => exitCode ?? Number.NaN),
      numbers("attempt", ({ attempt }) => attempt),
      numbers("created_time", ({ createdTime }) => createdTime),
      numbers("started_time", ({ startedTime }) => startedTime),
      numbers("ended_time", ({ endedTime }) => endedTime),
      ...names.map((name) =>
        texts(`parameters.${name}`, ({ parameters }) => String(parameters.get(name) ?? "")),
      ),
    ],
  };
}
