import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { Severity } from "../../base/severity.ts";
import { SEVERITIES } from "../../base/severity.ts";
import { ALERTS, moreRuns } from "../../base/words/alertList.ts";
import { kindWords, SEVERITY_NAMES } from "../../base/words/alerts.ts";
import { RunName } from "../runName.tsx";
import { SeverityMark } from "../severity.tsx";
import type { AlertModel } from "./model.ts";
import { tally } from "./rows.ts";
import type { AlertSettings } from "./settings.ts";

const MOST_RUNS_COUNTED = 8;

interface FiltersProps {
  readonly model: AlertModel;
  readonly settings: Signal<AlertSettings>;
  readonly colours: ReadonlyMap<string, string>;
}

/** How many there are of each, which at once is what can be filtered by. */
export function Filters({ model, settings, colours }: FiltersProps) {
  const alerts = model.scoped.value;
  if (alerts.length === 0) return null;
  const { kinds, severities, runs } = settings.value;
  const set = (changed: Partial<AlertSettings>) => {
    settings.value = { ...settings.value, ...changed };
  };
  return (
    <div class="alert-filters">
      <div class="tally-row">
        <SeverityTallies
          counts={tally(alerts.map(({ severity }) => severity))}
          picked={severities}
          pick={(picked) => set({ severities: picked })}
        />
        <KindTallies
          counts={tally(alerts.map(({ kind }) => kind))}
          picked={kinds}
          pick={(picked) => set({ kinds: picked })}
        />
      </div>
      <div class="tally-row">
        <RunTallies
          counts={tally(alerts.map(({ run }) => run))}
          picked={runs}
          pick={(picked) => set({ runs: picked })}
          colours={colours}
        />
      </div>
    </div>
  );
}

type Counts<Key> = readonly (readonly [Key, number])[];

interface TalliesProps<Key> {
  readonly counts: Counts<Key>;
  readonly picked: readonly Key[];
  readonly pick: (picked: readonly Key[]) => void;
}

/** What was found, and what is picked though there is none of it any more. */
const withPicked = <Key,>(counts: Counts<Key>, picked: readonly Key[]): Counts<Key> => [
  ...counts,
  ...picked
    .filter((one) => !counts.some(([key]) => key === one))
    .map((one): readonly [Key, number] => [one, 0]),
];

function SeverityTallies({ counts, picked, pick }: TalliesProps<Severity>) {
  const all = new Map(withPicked(counts, picked));
  return (
    <fieldset class="tallies" aria-label={ALERTS.severities}>
      {SEVERITIES.filter((one) => all.has(one)).map((severity) => (
        <TallyButton
          key={severity}
          testId={`severity-${severity}`}
          title={SEVERITY_NAMES[severity]}
          on={picked.includes(severity)}
          count={all.get(severity) ?? 0}
          toggle={() => pick(toggled(picked, severity))}
        >
          <SeverityMark severity={severity} /> <span class="tally-word">{SEVERITY_NAMES[severity]}</span>
        </TallyButton>
      ))}
    </fieldset>
  );
}

const KindTallies = ({ counts, picked, pick }: TalliesProps<string>) => (
  <fieldset class="tallies" aria-label={ALERTS.kinds}>
    {withPicked(counts, picked).map(([kind, count]) => (
      <TallyButton
        key={kind}
        testId={`kind-${kind}`}
        term={kind}
        on={picked.includes(kind)}
        count={count}
        toggle={() => pick(toggled(picked, kind))}
      >
        {kindWords(kind).one}
      </TallyButton>
    ))}
  </fieldset>
);

interface RunTalliesProps extends TalliesProps<string> {
  readonly colours: ReadonlyMap<string, string>;
}

function RunTallies({ counts, picked, pick, colours }: RunTalliesProps) {
  const all = withPicked(counts, picked);
  const shown = all.filter(([run], i) => i < MOST_RUNS_COUNTED || picked.includes(run));
  return (
    <fieldset class="tallies" aria-label={ALERTS.runs}>
      {shown.map(([run, count]) => (
        <TallyButton
          key={run}
          testId="run-tally"
          run={run}
          title={run}
          on={picked.includes(run)}
          count={count}
          toggle={() => pick(toggled(picked, run))}
        >
          <span class="swatch" style={{ background: colours.get(run) }} /> <RunName run={run} />
        </TallyButton>
      ))}
      {all.length > shown.length && <span class="tally-more">{moreRuns(all.length - shown.length)}</span>}
    </fieldset>
  );
}

const toggled = <Item,>(items: readonly Item[], item: Item): readonly Item[] =>
  items.includes(item) ? items.filter((one) => one !== item) : [...items, item];

interface TallyButtonProps {
  readonly testId: string;
  readonly title?: string;
  readonly term?: string;
  readonly run?: string;
  readonly on: boolean;
  readonly count: number;
  readonly toggle: () => void;
  readonly children: ComponentChildren;
}

const TallyButton = ({ testId, title, term, run, on, count, toggle, children }: TallyButtonProps) => (
  <button
    type="button"
    class="tally-button"
    aria-pressed={on}
    title={title}
    data-testid={testId}
    data-term={term}
    data-run={run}
    onClick={toggle}
  >
    {children} <b>{count}</b>
  </button>
);
