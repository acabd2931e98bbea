import type { Signal } from "@preact/signals";
import { logTextPath } from "../../api/logs.ts";
import { formatCompact } from "../../base/format.ts";
import { LOGS } from "../../base/words/logs.ts";
import { Popover } from "../popover.tsx";
import { RunName } from "../runName.tsx";
import type { Workspace } from "../workspace.ts";
import { gravityOf, toggled } from "./lines.ts";
import type { LogsModel } from "./model.ts";
import { LONGEST_SEARCH, type LogsSettings, MOST_LAST, readLast } from "./settings.ts";

interface ControlsProps {
  readonly workspace: Workspace;
  readonly model: LogsModel;
  readonly settings: Signal<LogsSettings>;
}

export function Controls({ workspace, model, settings }: ControlsProps) {
  const { search, last } = settings.value;
  const change = (changed: Partial<LogsSettings>) => {
    settings.value = { ...settings.value, ...changed };
  };
  return (
    <>
      <input
        class="filter log-search"
        type="search"
        data-testid="log-search"
        aria-label={LOGS.search}
        placeholder={LOGS.search}
        title={LOGS.searchHint}
        maxLength={LONGEST_SEARCH}
        value={search}
        onInput={(event) => change({ search: event.currentTarget.value })}
      />
      <Levels model={model} settings={settings} />
      <label class="number-control" title={LOGS.lastHint}>
        {LOGS.last}
        <input
          type="number"
          min="1"
          max={MOST_LAST}
          step="1"
          data-testid="log-last"
          value={last}
          onChange={(event) => change({ last: readLast(event.currentTarget.valueAsNumber) })}
        />
      </label>
      <Downloads workspace={workspace} runs={model.runs.value} />
    </>
  );
}

/** A switch for each level that there is, with its letter and how many lines it has. */
function Levels({ model, settings }: Omit<ControlsProps, "workspace">) {
  const all = [...model.levels.value];
  if (all.length < 2) return null;
  const names = all.map(([level]) => level);
  const shown = settings.value.levels;
  return (
    <fieldset class="choice log-levels" aria-label={LOGS.levels}>
      {all.map(([level, count]) => (
        <button
          key={level}
          type="button"
          class={gravityOf(level)}
          aria-pressed={shown.length === 0 || shown.includes(level)}
          title={LOGS.levelHint}
          data-testid={`level-${level}`}
          onClick={() => {
            settings.value = { ...settings.value, levels: toggled(shown, level, names) };
          }}
        >
          <bdi class="log-level-name">{level}</bdi> <small>{formatCompact(count)}</small>
        </button>
      ))}
    </fieldset>
  );
}

interface DownloadsProps {
  readonly workspace: Workspace;
  readonly runs: readonly string[];
}

/** The whole log of each run. */
const Downloads = ({ workspace: { client }, runs }: DownloadsProps) => (
  <Popover
    button={{ class: "plain", title: LOGS.downloadHint, "data-testid": "log-downloads" }}
    face={LOGS.download}
    name={LOGS.downloadOf}
    placement="bottom-end"
  >
    {(close) => (
      <div class="log-downloads">
        <p>{LOGS.downloadOf}</p>
        {runs.map((run) => (
          <a
            key={run}
            class="link"
            href={client.address(logTextPath(run))}
            download=""
            title={run}
            data-testid="log-download"
            onClick={() => close()}
          >
            <RunName run={run} />
          </a>
        ))}
      </div>
    )}
  </Popover>
);
