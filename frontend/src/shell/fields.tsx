import type { Signal } from "@preact/signals";
import { useId } from "preact/hooks";

interface FilterProps {
  readonly query: Signal<string>;
  readonly label: string;
  readonly testId: string;
  readonly example?: string;
  /** What is wrong with what was typed. */
  readonly problem: string | null;
}

/** A field for a regular expression, which says so where it is none. */
export function PatternField({ query, label, testId, example = label, problem }: FilterProps) {
  const id = useId();
  return (
    <>
      <input
        class="filter"
        type="search"
        placeholder={example}
        aria-label={label}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : id}
        data-testid={testId}
        spellcheck={false}
        value={query.value}
        onInput={(event) => {
          query.value = event.currentTarget.value;
        }}
      />
      {problem !== null && (
        <p class="hint problem" id={id} role="status" data-testid={`${testId}-problem`}>
          <bdi>{problem}</bdi>
        </p>
      )}
    </>
  );
}

interface SelectProps<Name extends string> {
  readonly chosen: Signal<Name>;
  readonly label: string;
  readonly testId: string;
  readonly names: Readonly<Record<Name, string>>;
  readonly hints?: Readonly<Record<Name, string>>;
  readonly choices: readonly Name[];
}

export function Select<Name extends string>(props: SelectProps<Name>) {
  const { chosen, label, testId, names, hints, choices } = props;
  return (
    <label class="side-select">
      <span>{label}</span>
      <select
        data-testid={testId}
        title={hints?.[chosen.value]}
        value={chosen.value}
        onChange={(event) => {
          const picked = choices.find((choice) => choice === event.currentTarget.value);
          if (picked !== undefined) chosen.value = picked;
        }}
      >
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {names[choice]}
          </option>
        ))}
      </select>
    </label>
  );
}

/** How many of some runs are checked. */
export type Share = "all" | "some" | "none";

interface CheckProps {
  readonly state: Share;
}

/** How a box looks that is checked, half checked or not; its row says the same to a screen reader. */
export const CheckMark = ({ state }: CheckProps) => (
  <svg class={`check check-${state}`} viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">
    <rect x="0.75" y="0.75" width="12.5" height="12.5" rx="3" />
    {state === "all" && <path d="M3.5 7.2l2.4 2.4 4.6-5" />}
    {state === "some" && <path d="M3.5 7h7" />}
  </svg>
);
