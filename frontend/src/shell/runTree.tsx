import { type Signal, useSignal } from "@preact/signals";
import type { GroupRow, TreeRow } from "../base/nameTree.ts";
import { drawnOf } from "../base/strings.ts";
import { groupLabel, SIDEBAR, searchedAsText } from "../base/words/sidebar.ts";
import { checkedSeries, MOST_RUNS_DRAWN } from "../widgets/series.ts";
import { CheckBox } from "./checkBox.tsx";
import { type Colouring, ColourPanel } from "./colourPicker.tsx";
import { PatternField, type Share } from "./fields.tsx";
import { Icon } from "./icons.tsx";
import { Name } from "./name.tsx";
import { RunOptions } from "./runOptions.tsx";
import { RunRow, runAttributes } from "./runRow.tsx";
import type { AppState } from "./state.ts";
import { TreeList } from "./treeList.tsx";

/** All runs: which of them are shown, and which is drawn as candles. */
export function RunTree({ state }: { readonly state: AppState }) {
  const { list } = state;
  const colouring = useSignal<Colouring | null>(null);
  const problem = list.filter.value.problem;
  const drawable = checkedSeries(state, null).length;
  return (
    <section class="list runs" aria-label={SIDEBAR.runs}>
      <RunHeader state={state} />
      {list.optionsOpen.value && <RunOptions list={list} />}
      <PatternField
        query={list.query}
        label={SIDEBAR.filterRuns}
        testId="run-filter"
        problem={problem && searchedAsText(problem)}
      />
      <RunRows state={state} colouring={colouring} />
      <ColourPanel state={state} colouring={colouring} />
      {list.shown.value.length === 0 && list.count.value > 0 && <p class="hint">{SIDEBAR.noMatch}</p>}
      {drawable > MOST_RUNS_DRAWN && <p class="hint">{drawnOf(MOST_RUNS_DRAWN, drawable)}</p>}
    </section>
  );
}

function RunHeader({ state: { list } }: { readonly state: AppState }) {
  const { optionsOpen } = list;
  const shown = list.shown.value;
  const all = shareChecked(shown, list.checked.value);
  return (
    <header>
      <input
        type="checkbox"
        checked={all === "all"}
        indeterminate={all === "some"}
        disabled={shown.length === 0}
        aria-label={SIDEBAR.checkShown}
        title={SIDEBAR.checkShown}
        data-testid="check-all"
        onChange={(event) => {
          list.check(shown, all !== "all");
          // Where the choice stays as it was (the last run), the box has to say so.
          const now = shareChecked(shown, list.checked.value);
          event.currentTarget.checked = now === "all";
          event.currentTarget.indeterminate = now === "some";
        }}
      />
      <h2 title={SIDEBAR.focusHint}>{SIDEBAR.runs}</h2>
      <span class="count" data-testid="run-count">
        {list.checked.value.size}/{list.count.value}
      </span>
      <button
        type="button"
        class="tool"
        aria-label={SIDEBAR.options}
        title={SIDEBAR.options}
        aria-expanded={optionsOpen.value}
        data-testid="run-options"
        onClick={() => {
          optionsOpen.value = !optionsOpen.value;
        }}
      >
        <Icon name="options" />
      </button>
    </header>
  );
}

function shareChecked(names: readonly string[], checked: ReadonlySet<string>): Share {
  const count = names.reduce((sum, name) => sum + Number(checked.has(name)), 0);
  if (count === 0) return "none";
  return count === names.length ? "all" : "some";
}

interface RunRowsProps {
  readonly state: AppState;
  readonly colouring: Signal<Colouring | null>;
}

function RunRows({ state, colouring }: RunRowsProps) {
  const { list } = state;
  const onKey = (row: TreeRow, key: string): boolean => {
    const names = row.kind === "group" ? row.names : [row.name];
    if (key === " ") list.check(names, shareChecked(names, list.checked.value) !== "all");
    else if (key.toLowerCase() === "s" && row.kind === "name") list.toggleSolo(row.name);
    else if (key.toLowerCase() === "p" && row.kind === "name") list.togglePin(row.name);
    else return false;
    return true;
  };
  return (
    <TreeList
      label={SIDEBAR.runs}
      rows={list.rows.value}
      current={state.choice.value.focus}
      apart={list.pinnedRows.value.length}
      attributes={(row) =>
        row.kind === "group" ? groupAttributes(state, row) : runAttributes(state, row.name)
      }
      draw={(row, tabIndex) =>
        row.kind === "group" ? (
          <GroupFace state={state} group={row} />
        ) : (
          <RunRow state={state} row={row} tabIndex={tabIndex} colouring={colouring} />
        )
      }
      pick={(row) => state.focus(row.name)}
      setOpen={(group, open) => list.setOpen(group, open)}
      onKey={onKey}
    />
  );
}

const checkedIn = (state: AppState, group: GroupRow): number =>
  group.names.reduce((sum, name) => sum + Number(state.list.checked.value.has(name)), 0);

/** `2/5` */
const shareWords = (checked: number, { names }: GroupRow): string => `${checked}/${names.length}`;

function groupAttributes(state: AppState, group: GroupRow) {
  const checked = checkedIn(state, group);
  return {
    class: "group",
    "aria-checked": checked > 0 && checked < group.names.length ? ("mixed" as const) : checked > 0,
    "aria-label": groupLabel(group.label, shareWords(checked, group)),
    "aria-keyshortcuts": "Space",
    "data-testid": "run-group",
    "data-group": group.path,
    title: group.path,
  };
}

function GroupFace({ state, group }: { readonly state: AppState; readonly group: GroupRow }) {
  const share = shareChecked(group.names, state.list.checked.value);
  return (
    <>
      <CheckBox state={share} toggle={() => state.list.check(group.names, share !== "all")} />
      <Name text={group.label} /> <span class="last">{shareWords(checkedIn(state, group), group)}</span>
    </>
  );
}
