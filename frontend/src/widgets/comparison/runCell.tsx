import { formatInteger } from "../../base/format.ts";
import { COMPARISON, runCount } from "../../base/words/comparison.ts";
import { RunName } from "../runName.tsx";

// In a tooltip.
const MOST_MEMBERS_NAMED = 20;

interface RunCellProps {
  readonly run: string;
  /** What all rows begin with. */
  readonly common: string;
  /** Null: it is a run; else the runs of a group. */
  readonly members: readonly string[] | null;
  readonly colour: string;
  readonly position: number;
  readonly isTabStop: boolean;
  readonly isBaseline: boolean;
  readonly toggleBaseline: () => void;
}

/** Colour and name of a run; it is put into focus and made the baseline from here. */
export function RunCell({
  run,
  common,
  members,
  colour,
  position,
  isTabStop,
  isBaseline,
  toggleBaseline,
}: RunCellProps) {
  const tabIndex = isTabStop ? 0 : -1;
  return (
    <th scope="row">
      <span class="run-cell">
        <span class="swatch" style={{ background: colour }} />
        <button type="button" class="run-button" data-position={position} tabIndex={tabIndex} title={run}>
          <RunName run={run} common={common} />
        </button>
        {members && (
          <small class="members" title={members.slice(0, MOST_MEMBERS_NAMED).join("\n")}>
            {runCount(formatInteger(members.length))}
          </small>
        )}
        <button
          type="button"
          class="flag"
          data-testid="baseline"
          tabIndex={tabIndex}
          aria-pressed={isBaseline}
          aria-label={COMPARISON.setBaseline}
          title={isBaseline ? COMPARISON.dropBaseline : COMPARISON.setBaseline}
          onClick={(event) => {
            event.stopPropagation();
            toggleBaseline();
          }}
        >
          <Flag />
        </button>
      </span>
    </th>
  );
}

const Flag = () => (
  <svg viewBox="0 0 12 14" width="12" height="14" aria-hidden="true">
    <path d="M2 1v12" />
    <path class="cloth" d="M2 1.5h8l-2 2.5 2 2.5H2z" />
  </svg>
);
