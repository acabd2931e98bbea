interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly options: readonly T[];
  readonly value: T;
  readonly names: Readonly<Record<T, string>>;
  readonly hints?: Readonly<Record<T, string>>;
  readonly testId: string;
  readonly pick: (value: T) => void;
}

/** One of a few, as buttons side by side. */
export function Choice<T extends string>({
  label,
  options,
  value,
  names,
  hints,
  testId,
  pick,
}: ChoiceProps<T>) {
  return (
    <fieldset class="choice" aria-label={label}>
      {options.map((option) => (
        <button
          key={option}
          type="button"
          data-testid={`${testId}-${option}`}
          aria-pressed={option === value}
          title={hints?.[option]}
          onClick={() => pick(option)}
        >
          {names[option]}
        </button>
      ))}
    </fieldset>
  );
}
