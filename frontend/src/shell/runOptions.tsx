import { notAPattern, SIDEBAR } from "../base/words/sidebar.ts";
import { RUN_ORDERS } from "../data/runOrder.ts";
import { PatternField, Select } from "./fields.tsx";
import { Icon } from "./icons.tsx";
import { GROUPINGS, type RunsState } from "./runsState.ts";

/** In which order and groups runs are listed, and what may be done with all of them at once. */
export function RunOptions({ list }: { readonly list: RunsState }) {
  const { backwards, grouping, patternProblem } = list;
  return (
    <div class="options-panel" data-testid="run-options-panel">
      <div class="option-row">
        <Select
          chosen={list.order}
          label={SIDEBAR.order}
          testId="run-order"
          names={SIDEBAR.orders}
          hints={SIDEBAR.orderHints}
          choices={RUN_ORDERS}
        />
        <button
          type="button"
          class="tool"
          aria-pressed={backwards.value}
          aria-label={SIDEBAR.backwards}
          title={SIDEBAR.backwards}
          data-testid="run-order-backwards"
          onClick={() => {
            backwards.value = !backwards.value;
          }}
        >
          <Icon name="reverse" />
        </button>
      </div>
      <Select
        chosen={grouping}
        label={SIDEBAR.groups}
        testId="run-groups"
        names={SIDEBAR.groupings}
        choices={GROUPINGS}
      />
      {grouping.value === "pattern" && (
        <PatternField
          query={list.groupPattern}
          label={SIDEBAR.groupPatternLabel}
          example={SIDEBAR.groupPattern}
          testId="run-group-pattern"
          problem={patternProblem.value && notAPattern(patternProblem.value)}
        />
      )}
      <AllRuns list={list} />
    </div>
  );
}

function AllRuns({ list }: { readonly list: RunsState }) {
  const shown = list.shown.value;
  return (
    <div class="option-row wrapping">
      <Act testId="show-all" words={SIDEBAR.showAll} act={() => list.check(shown, true)} />
      <Act
        testId="hide-all"
        words={SIDEBAR.hideAll}
        hint={SIDEBAR.hideAllHint}
        act={() => list.check(shown, false)}
      />
      <Act testId="invert" words={SIDEBAR.invert} act={() => list.invert()} />
      {list.grouping.value !== "none" && (
        <>
          <Act testId="open-groups" words={SIDEBAR.openGroups} act={() => list.openAll()} />
          <Act testId="close-groups" words={SIDEBAR.closeGroups} act={() => list.closeAll()} />
        </>
      )}
    </div>
  );
}

interface ActProps {
  readonly testId: string;
  readonly words: string;
  readonly hint?: string;
  readonly act: () => void;
}

const Act = ({ testId, words, hint = words, act }: ActProps) => (
  <button type="button" class="side-act" title={hint} data-testid={testId} onClick={act}>
    {words}
  </button>
);
