import type { SentCommand } from "../../api/control.ts";
import { formatClock } from "../../base/placeTicks.ts";
import type { Table } from "../../base/table.ts";
import {
  atStepOf,
  COMMAND_STATE_HINTS,
  COMMAND_STATE_NAMES,
  CONTROL,
  commandWords,
} from "../../base/words/training.ts";

const MOST_SHOWN = 50;

/** What the training was told, by whom, and what became of that; the newest first. */
export const History = ({ history }: { readonly history: readonly SentCommand[] }) => (
  <section class="control-part command-history" aria-label={CONTROL.history}>
    <h2>{CONTROL.history}</h2>
    {history.length === 0 && <p class="control-note">{CONTROL.nothingTold}</p>}
    <ul class={history.length === 0 ? "" : "ruled"} data-testid="command-history" aria-live="polite">
      {history.slice(0, MOST_SHOWN).map((one) => (
        <Told key={one.id} told={one} />
      ))}
    </ul>
  </section>
);

function Told({ told }: { readonly told: SentCommand }) {
  const { command, name, value, by, sentTime, state, message, step } = told;
  return (
    <li class="told" data-testid="told" data-command={command} data-state={state}>
      <span class={`command-state ${state.replace(" ", "-")}`} title={COMMAND_STATE_HINTS[state]}>
        {COMMAND_STATE_NAMES[state]}
      </span>
      <b>{commandWords(command, name, value)}</b>
      <small>
        <time title={formatClock(sentTime)}>{timeOfDay(sentTime)}</time>
        {Number.isFinite(step) && ` · ${atStepOf(step)}`}
        {by !== "" && (
          <>
            {` · ${CONTROL.by} `}
            <bdi>{by}</bdi>
          </>
        )}
      </small>
      {message !== "" && (
        <p>
          <bdi>{message}</bdi>
        </p>
      )}
    </li>
  );
}

const timeOfDay = (secs: number): string =>
  Number.isFinite(secs) ? new Date(secs * 1000).toTimeString().slice(0, 8) : "";

export const tableOf = (history: readonly SentCommand[]): Table => ({
  columns: [
    { name: "sent_time", values: Float64Array.from(history, ({ sentTime }) => sentTime) },
    { name: "command", values: history.map(({ command }) => command) },
    { name: "name", values: history.map(({ name }) => name ?? "") },
    { name: "value", values: history.map(({ value }) => (value === null ? "" : String(value))) },
    { name: "state", values: history.map(({ state }) => state) },
    { name: "message", values: history.map(({ message }) => message) },
    { name: "step", values: Float64Array.from(history, ({ step }) => step) },
    { name: "by", values: history.map(({ by }) => by) },
  ],
});
