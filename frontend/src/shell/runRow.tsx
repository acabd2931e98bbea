import type { Signal } from "@preact/signals";
import { formatDigits } from "../base/format.ts";
import type { NameRow } from "../base/nameTree.ts";
import { STRINGS, withUnit } from "../base/strings.ts";
import { alertsInAll, lastValueOf, runLabel, SIDEBAR } from "../base/words/sidebar.ts";
import { CheckBox } from "./checkBox.tsx";
import { ColourButton, type Colouring } from "./colourPicker.tsx";
import { Icon } from "./icons.tsx";
import { Name } from "./name.tsx";
import type { AppState } from "./state.ts";

const DIGITS = 4;

/** The last value of the picked tag, in few digits and in all of them. */
function lastValue({ list }: AppState, run: string): { short: string; full: string } {
  const info = list.infos.value.get(run);
  if (info === undefined) return { short: "", full: "" };
  if (!Number.isFinite(info.lastValue)) return { short: STRINGS.empty, full: "" };
  return {
    short: formatDigits(info.lastValue, DIGITS),
    full: withUnit(String(info.lastValue), info.unit),
  };
}

export function runAttributes(state: AppState, run: string) {
  const { list, choice, alertCounts } = state;
  const focused = choice.value.focus === run;
  const alerts = alertCounts.value.get(run)?.count ?? 0;
  return {
    class: focused ? "run focused" : "run",
    "aria-selected": focused,
    "aria-checked": list.checked.value.has(run),
    "aria-label": runLabel(run, lastValue(state, run).short, alerts, list.pins.value.has(run)),
    "aria-keyshortcuts": "Space Enter S P",
    "data-testid": "run-item",
    "data-run": run,
    title: run,
  };
}

const withoutFolder = (run: string, folder: string): string =>
  run.startsWith(folder) ? run.slice(folder.length) : run;

interface RunRowProps {
  readonly state: AppState;
  readonly row: NameRow;
  readonly tabIndex: number;
  readonly colouring: Signal<Colouring | null>;
}

export function RunRow({ state, row, tabIndex, colouring }: RunRowProps) {
  const { list, choice, alertCounts } = state;
  const run = row.name;
  const checked = list.checked.value.has(run);
  const value = lastValue(state, run);
  const alerts = alertCounts.value.get(run);
  return (
    <>
      <CheckBox state={checked ? "all" : "none"} toggle={() => list.check([run], !checked)} />
      <ColourButton state={state} run={run} tabIndex={tabIndex} colouring={colouring} />
      <Name text={row.label === run ? withoutFolder(run, list.common.value) : row.label} />
      {choice.value.focus === run && <CandleSign />}{" "}
      <span class="last" data-testid="run-last" title={value.full && lastValueOf(value.full, run)}>
        {value.short}
      </span>{" "}
      {alerts !== undefined && (
        <span
          class={`alert-count ${alerts.worst}`}
          title={alertsInAll(alerts.count)}
          data-testid="run-alerts"
        >
          {alerts.count}
        </span>
      )}
      <Actions state={state} run={run} tabIndex={tabIndex} />
    </>
  );
}

interface ActionsProps {
  readonly state: AppState;
  readonly run: string;
  readonly tabIndex: number;
}

function Actions({ state: { list }, run, tabIndex }: ActionsProps) {
  const pinned = list.pins.value.has(run);
  const solo = list.solo.value === run;
  return (
    <span class={pinned || solo ? "actions in-row some-on" : "actions in-row"}>
      <Toggle
        name="solo"
        isOn={solo}
        words={solo ? SIDEBAR.unsolo : SIDEBAR.solo}
        shortcut="S"
        tabIndex={tabIndex}
        toggle={() => list.toggleSolo(run)}
      />
      <Toggle
        name="pin"
        isOn={pinned}
        words={pinned ? SIDEBAR.unpin : SIDEBAR.pin}
        shortcut="P"
        tabIndex={tabIndex}
        toggle={() => list.togglePin(run)}
      />
    </span>
  );
}

interface ToggleProps {
  readonly name: "solo" | "pin";
  readonly isOn: boolean;
  readonly words: string;
  readonly shortcut: string;
  readonly tabIndex: number;
  readonly toggle: () => void;
}

const Toggle = ({ name, isOn, words, shortcut, tabIndex, toggle }: ToggleProps) => (
  <button
    type="button"
    class="tool"
    tabIndex={tabIndex}
    aria-pressed={isOn}
    aria-label={words}
    title={`${words} (${shortcut})`}
    data-testid={name}
    onClick={toggle}
  >
    <Icon name={name} />
  </button>
);

/** Marks the run that is drawn as candles. */
const CandleSign = () => (
  <svg class="candle-sign" viewBox="0 0 10 14" width="10" height="14" aria-hidden="true">
    <path d="M5 0v14" />
    <rect x="2" y="4" width="6" height="6" />
  </svg>
);
