import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { Parameter } from "../api/registries.ts";
import { formatDigits } from "../base/format.ts";
import { allowed, parameterName } from "../base/words/parameters.ts";

interface ParameterFieldsProps {
  readonly parameters: readonly Parameter[];
  readonly numbers: readonly number[];
  readonly change: (numbers: readonly number[]) => void;
}

/** A field for each parameter of an indicator or a detector, with what is allowed in it. */
export function ParameterFields({ parameters, numbers, change }: ParameterFieldsProps) {
  return (
    <div class="parameters">
      {parameters.map((parameter, i) => (
        <Field
          key={parameter.name}
          parameter={parameter}
          number={numbers[i] ?? parameter.default}
          change={(number) =>
            change(parameters.map((one, at) => (at === i ? number : (numbers[at] ?? one.default))))
          }
        />
      ))}
    </div>
  );
}

interface FieldProps {
  readonly parameter: Parameter;
  readonly number: number;
  readonly change: (number: number) => void;
}

const short = (number: number): string => formatDigits(number, 6);

/** What can't be used is not taken, and said to be wrong until it can. */
function Field({ parameter, number, change }: FieldProps) {
  const { name, isWhole, least, most } = parameter;
  const isWrong = useSignal(false);
  /** While it is typed in, what a field holds is the person's; null: nothing was typed since it was left. */
  const typed = useSignal<string | null>(null);
  const id = useId();
  const isAllowed = (value: number) =>
    value >= least && value <= most && (!isWhole || Number.isInteger(value));
  return (
    <div class="parameter">
      <label for={id}>{parameterName(name)}</label>
      <input
        id={id}
        type="number"
        min={least}
        max={most}
        step={isWhole ? 1 : "any"}
        value={typed.value ?? number}
        aria-invalid={isWrong.value}
        aria-describedby={`${id}-allowed`}
        data-testid={`parameter-${name}`}
        onInput={({ currentTarget }) => {
          typed.value = currentTarget.value;
          isWrong.value = !isAllowed(currentTarget.valueAsNumber);
        }}
        onChange={({ currentTarget }) => {
          if (isAllowed(currentTarget.valueAsNumber)) change(currentTarget.valueAsNumber);
        }}
        onBlur={({ currentTarget }) => {
          // What is half a number reads as "", and would stay.
          if (isWrong.value) currentTarget.value = String(number);
          typed.value = null;
          isWrong.value = false;
        }}
      />
      <small id={`${id}-allowed`}>{allowed(short(least), short(most), short(parameter.default))}</small>
    </div>
  );
}
