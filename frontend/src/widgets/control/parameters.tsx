import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { LiveParameter } from "../../api/control.ts";
import { allowedRange, CONTROL } from "../../base/words/training.ts";
import { shownValue } from "../shownValue.ts";
import { readTyped } from "../typed.ts";
import type { ControlModel } from "./model.ts";

interface ParametersProps {
  readonly parameters: readonly LiveParameter[];
  /** Whether the training obeys it by now. */
  readonly canSet: boolean;
  readonly model: ControlModel;
}

/** What may be changed while it runs. */
export const Parameters = ({ parameters, canSet, model }: ParametersProps) =>
  parameters.length === 0 ? null : (
    <section class="control-part live-parameters" aria-label={CONTROL.parameters}>
      <h2>{CONTROL.parameters}</h2>
      {parameters.map((parameter) => (
        <Field
          key={`${model.run.value} ${parameter.name}`}
          parameter={parameter}
          canSet={canSet}
          model={model}
        />
      ))}
    </section>
  );

interface FieldProps extends Pick<ParametersProps, "canSet" | "model"> {
  readonly parameter: LiveParameter;
}

function Field({ parameter, canSet, model }: FieldProps) {
  const { name, value, help, least, most } = parameter;
  /** While it is typed in, what a field holds is the person's; null: what the training tells. */
  const typed = useSignal<string | null>(null);
  const id = useId();
  const text = typed.value ?? String(value);
  const read = readTyped(parameter, text);
  const problem = typed.value !== null && "problem" in read ? read.problem : null;
  const isOther = typed.value !== null && "value" in read && read.value !== value;
  const range = allowedRange(least, most);
  const set = async (event: SubmitEvent) => {
    event.preventDefault();
    if (isOther && canSet && (await model.send("set", name, read.value))) typed.value = null;
  };
  return (
    <form class="live-parameter" onSubmit={(event) => void set(event)} data-testid={`parameter-${name}`}>
      <label for={id}>
        <bdi>{name}</bdi> <small>{`${CONTROL.now} ${shownValue(value)}`}</small>
      </label>
      <Input
        id={id}
        parameter={parameter}
        text={text}
        isWrong={problem !== null}
        type={(now) => (typed.value = now)}
      />
      <button type="submit" class="plain" disabled={!isOther || !canSet} data-testid={`set-${name}`}>
        {CONTROL.set}
      </button>
      <p
        id={`${id}-help`}
        class={problem === null ? "field-help" : "field-help form-problem"}
        role={problem === null ? undefined : "alert"}
      >
        {problem ?? <bdi>{[help, range].filter(Boolean).join(" · ")}</bdi>}
      </p>
    </form>
  );
}

interface InputProps {
  readonly id: string;
  readonly parameter: LiveParameter;
  readonly text: string;
  readonly isWrong: boolean;
  readonly type: (text: string) => void;
}

function Input({ id, parameter, text, isWrong, type }: InputProps) {
  const { kind, choices } = parameter;
  const shared = { id, "aria-describedby": `${id}-help`, value: text };
  if (kind === "bool" || kind === "choice") {
    const options = kind === "bool" ? [true, false] : choices;
    return (
      <select class="pick" {...shared} onChange={({ currentTarget }) => type(currentTarget.value)}>
        {options.map((option) => (
          <option key={String(option)} value={String(option)}>
            {shownValue(option)}
          </option>
        ))}
      </select>
    );
  }
  return (
    <input
      class="pick"
      {...shared}
      inputMode="decimal"
      autoComplete="off"
      spellcheck={false}
      aria-invalid={isWrong}
      onInput={({ currentTarget }) => type(currentTarget.value)}
    />
  );
}
