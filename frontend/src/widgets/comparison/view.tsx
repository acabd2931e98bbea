import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { formatInteger } from "../../base/format.ts";
import { polarityName, STRINGS } from "../../base/strings.ts";
import {
  COMPARISON,
  comparisonTitle,
  groupCount,
  runCount,
  tooManyGrouped,
} from "../../base/words/comparison.ts";
import type { GroupScene } from "../../chart/groupScene.ts";
import { Sized } from "../candles/sized.tsx";
import { Choice } from "../choice.tsx";
import { WidgetHead } from "../head.tsx";
import { Popover } from "../popover.tsx";
import { TagPicker } from "../tagPicker.tsx";
import type { WidgetProps } from "../widget.ts";
import type { ColumnName } from "./columnNames.ts";
import { shownColumns } from "./columns.ts";
import { GroupChart } from "./groupChart.tsx";
import { patternProblem } from "./groups.ts";
import { ComparisonModel, MOST_GROUPED_RUNS } from "./model.ts";
import { offerOf } from "./offer.ts";
import { type ComparisonSettings, GROUPINGS, SCALES, WHICH_RUNS } from "./settings.ts";
import { ComparisonTable } from "./table.tsx";

/** Runs in rows: how each of them stands, in numbers and in small candles. */
export function ComparisonWidget(props: WidgetProps<ComparisonSettings>) {
  const { workspace, settings, frame } = props;
  // The workspace is made of signals, and lives as long as the tab.
  const model = useMemo(() => new ComparisonModel(workspace, settings), []);
  useEffect(() => model.follow(), [model]);
  const scene = useSignal<GroupScene | null>(null);
  useSignalEffect(() => {
    frame.title.value = comparisonTitle(model.tag.value ?? "");
    frame.offer.value = offerOf(model, scene.value);
  });
  const rows = model.rows.value;
  return (
    <section class="widget comparison">
      <WidgetHead frame={frame} title={<Title {...props} model={model} />}>
        <Controls settings={settings} hasBaseline={rows?.baseline !== null} />
      </WidgetHead>
      <PatternNote settings={settings} />
      {model.groups.value && !model.isTooMany && <GroupChart {...props} model={model} scene={scene} />}
      {model.groups.value && model.groupRefusal.value !== null && (
        <p class="hint" role="alert" data-testid="group-refusal">
          <bdi>{model.groupRefusal.value}</bdi>
        </p>
      )}
      {model.groups.value && model.isTooMany && (
        <p class="hint">{tooManyGrouped(formatInteger(MOST_GROUPED_RUNS))}</p>
      )}
      {rows && model.order.value.length > 0 ? (
        <ComparisonTable workspace={workspace} settings={settings} model={model} comparison={rows} />
      ) : (
        <Nothing model={model} which={settings.value.which} />
      )}
    </section>
  );
}

interface TitleProps extends WidgetProps<ComparisonSettings> {
  readonly model: ComparisonModel;
}

function Title({ workspace, settings, model }: TitleProps) {
  const answer = model.answer.value;
  const pick = (tag: string | null) => {
    settings.value = { ...settings.value, tag };
  };
  return (
    <div class="title">
      <h1>
        <TagPicker workspace={workspace} tag={settings.value.tag} pick={pick} />
      </h1>
      <span class="count-of-runs" data-testid="count-of-runs">
        {countWords(model)}
      </span>
      {answer && (
        <span class="pill" data-testid="comparison-polarity" data-term="polarity">
          <Sized words={polarityName(answer.polarity)} />
        </span>
      )}
      {answer?.unit && (
        <bdi class="pill" title={STRINGS.unitHint}>
          {answer.unit}
        </bdi>
      )}
      {answer?.exact === false && (
        <span class="badge" title={STRINGS.sampledHint}>
          {STRINGS.sampled}
        </span>
      )}
    </div>
  );
}

function countWords({ runs, groups }: ComparisonModel): string {
  const all = formatInteger(runs.value.length);
  return groups.value ? groupCount(formatInteger(groups.value.length), all) : runCount(all);
}

interface ControlsProps {
  readonly settings: Signal<ComparisonSettings>;
  readonly hasBaseline: boolean;
}

function Controls({ settings, hasBaseline }: ControlsProps) {
  const change = (changed: Partial<ComparisonSettings>) => {
    settings.value = { ...settings.value, ...changed };
  };
  return (
    <>
      <Choice
        label={COMPARISON.which}
        options={WHICH_RUNS}
        value={settings.value.which}
        names={COMPARISON.whichNames}
        hints={COMPARISON.whichHints}
        testId="which"
        pick={(which) => change({ which })}
      />
      <GroupChoice settings={settings} />
      <Choice
        label={COMPARISON.scale}
        options={SCALES}
        value={settings.value.scale}
        names={COMPARISON.scaleNames}
        hints={COMPARISON.scaleHints}
        testId="small-scale"
        pick={(scale) => change({ scale })}
      />
      <Popover
        button={{ class: "plain", "data-testid": "columns" }}
        face={COMPARISON.columns}
        name={COMPARISON.columns}
      >
        {() => <ColumnChoice settings={settings} hasBaseline={hasBaseline} />}
      </Popover>
    </>
  );
}

function GroupChoice({ settings }: { readonly settings: Signal<ComparisonSettings> }) {
  const { groupBy, pattern } = settings.value;
  return (
    <>
      <Choice
        label={COMPARISON.groupBy}
        options={GROUPINGS}
        value={groupBy}
        names={COMPARISON.groupNames}
        hints={COMPARISON.groupHints}
        testId="group-by"
        // What was the baseline is a row no more.
        pick={(picked) => {
          settings.value = { ...settings.value, groupBy: picked, baseline: null };
        }}
      />
      {groupBy === "pattern" && (
        <input
          class="filter group-pattern"
          type="text"
          data-testid="group-pattern"
          aria-label={COMPARISON.pattern}
          title={COMPARISON.pattern}
          placeholder={COMPARISON.patternExample}
          aria-invalid={pattern !== "" && patternProblem(pattern) !== null}
          spellcheck={false}
          value={pattern}
          onInput={(event) => {
            settings.value = { ...settings.value, pattern: event.currentTarget.value };
          }}
        />
      )}
    </>
  );
}

/** What a pattern that groups nothing lacks. */
function PatternNote({ settings }: { readonly settings: Signal<ComparisonSettings> }) {
  const { groupBy, pattern } = settings.value;
  const problem = groupBy === "pattern" ? patternProblem(pattern) : null;
  return (
    problem !== null && (
      <p class="hint" role="status" data-testid="group-pattern-problem">
        <bdi>{problem}</bdi>
      </p>
    )
  );
}

function ColumnChoice({ settings, hasBaseline }: ControlsProps) {
  const { hidden } = settings.value;
  const toggle = (name: ColumnName) => {
    const rest = hidden.filter((other) => other !== name);
    settings.value = { ...settings.value, hidden: rest.length < hidden.length ? rest : [...hidden, name] };
  };
  return (
    <ul class="column-choice">
      {shownColumns([], hasBaseline).map((name) => (
        <li key={name}>
          <label title={COMPARISON.hints[name]}>
            <input
              type="checkbox"
              data-testid={`column-${name}`}
              checked={!hidden.includes(name)}
              onChange={() => toggle(name)}
            />
            {COMPARISON.names[name]}
          </label>
        </li>
      ))}
    </ul>
  );
}

interface NothingProps {
  readonly model: ComparisonModel;
  readonly which: ComparisonSettings["which"];
}

/** What is said where there is no table. */
function Nothing({ model, which }: NothingProps) {
  if (model.refusal.value !== null) {
    return (
      <p class="in-place" role="alert" data-testid="comparison-refusal">
        <bdi>{model.refusal.value}</bdi>
      </p>
    );
  }
  const isNone = model.runs.value.length === 0;
  const words = which === "all" ? COMPARISON.noneAtAll : COMPARISON.none;
  return (
    <p class="in-place" role="status">
      {isNone ? words : COMPARISON.comparing}
    </p>
  );
}
