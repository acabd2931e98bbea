import { useSignal } from "@preact/signals";

import { nameFilter } from "../base/filter.ts";
import { drawnOf, STRINGS } from "../base/strings.ts";
import { checkedSeries, MOST_RUNS_DRAWN } from "../widgets/series.ts";
import { memo } from "./memo.ts";
import type { AppState } from "./state.ts";

export function RunList({ state }: { readonly state: AppState }) {
  const query = useSignal("");
  const runs = state.runs.value?.runs ?? [];
  const { focus, checked } = state.choice.value;
  const chosen = new Set(checked);
  const shown = runs.filter((run) => nameFilter(query.value)(run.name)).map((run) => run.name);
  const allChecked = shown.length > 0 && shown.every((name) => chosen.has(name));
  const drawable = checkedSeries(state, null).length;
  return (
    <section class="list runs" aria-label={STRINGS.runs}>
      <header>
        <input
          type="checkbox"
          checked={allChecked}
          disabled={shown.length === 0}
          aria-label={STRINGS.checkShown}
          title={STRINGS.checkShown}
          data-testid="check-all"
          onChange={() => state.check(shown, !allChecked)}
        />
        <h2 title={STRINGS.focusHint}>{STRINGS.runs}</h2>
        <span class="count">
          {checked.length}/{runs.length}
        </span>
      </header>
      <Filter query={query} label={STRINGS.filterRuns} testId="run-filter" />
      <ul>
        {shown.map((name) => (
          <RunItem
            key={name}
            name={name}
            colour={state.colours.value.get(name) ?? ""}
            checked={chosen.has(name)}
            focused={name === focus}
            state={state}
          />
        ))}
      </ul>
      {shown.length === 0 && runs.length > 0 && <p class="hint">{STRINGS.noMatch}</p>}
      {drawable > MOST_RUNS_DRAWN && <p class="hint">{drawnOf(MOST_RUNS_DRAWN, drawable)}</p>}
    </section>
  );
}

interface RunItemProps {
  readonly name: string;
  readonly colour: string;
  readonly checked: boolean;
  readonly focused: boolean;
  readonly state: AppState;
}

const RunItem = memo<RunItemProps>(({ name, colour, checked, focused, state }) => (
  <li class={focused ? "item focused" : "item"} data-testid="run-item" data-run={name}>
    <input
      type="checkbox"
      checked={checked}
      aria-label={name}
      onChange={(event) => {
        state.check([name], !checked);
        // Where the choice stays as it was (the last run), the box has to say so.
        event.currentTarget.checked = state.choice.value.checked.includes(name);
      }}
    />
    <button type="button" aria-pressed={focused} title={name} onClick={() => state.focus(name)}>
      <span class="swatch" style={{ background: colour }} />
      <bdi class="name">{name}</bdi>
      {focused && <CandleSign />}
    </button>
  </li>
));

/** Marks the run that is drawn as candles. */
const CandleSign = () => (
  <svg class="candle-sign" viewBox="0 0 10 14" width="10" height="14" aria-hidden="true">
    <path d="M5 0v14" />
    <rect x="2" y="4" width="6" height="6" />
  </svg>
);

interface FilterProps {
  readonly query: { value: string };
  readonly label: string;
  readonly testId: string;
}

export function Filter({ query, label, testId }: FilterProps) {
  return (
    <input
      class="filter"
      type="search"
      placeholder={label}
      aria-label={label}
      data-testid={testId}
      value={query.value}
      onInput={(event) => {
        query.value = event.currentTarget.value;
      }}
    />
  );
}
