import { useId } from "preact/hooks";
import type { Experiment, StartParameter } from "../../api/experiments.ts";
import { atOnce, EXPERIMENTS, gridOf, startRuns, wasStarted } from "../../base/words/experiments.ts";
import { allowedRange } from "../../base/words/training.ts";
import { shownValue } from "../shownValue.ts";
import { type FieldValues, isChosen, optionsOf, type Plan, usual } from "./form.ts";
import type { ExperimentsModel } from "./model.ts";

interface StartFormProps {
  readonly model: ExperimentsModel;
  readonly experiment: Experiment;
}

/** A field for each declared parameter; several values in one are a run for each. */
export function StartForm({ model, experiment }: StartFormProps) {
  const plan = model.plan.value;
  if (plan === null) return null;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void model.start();
  };
  return (
    <form
      class="launch-pane launch-form"
      aria-label={EXPERIMENTS.form}
      data-testid="start-form"
      onSubmit={submit}
    >
      <h2>{EXPERIMENTS.form}</h2>
      <Which model={model} experiment={experiment} />
      {experiment.parameters.map((parameter, i) => (
        <Field
          key={`${experiment.name} ${parameter.name}`}
          parameter={parameter}
          values={plan.fields[i]}
          model={model}
        />
      ))}
      <Name model={model} isOne={plan.runs.length <= 1} />
      <Start model={model} plan={plan} />
    </form>
  );
}

/** Which of those that are declared; and what it is. */
function Which({ model, experiment }: StartFormProps) {
  const declared = model.all.value?.experiments ?? [];
  return (
    <>
      {declared.length > 1 ? (
        <label class="launch-field">
          <span>{EXPERIMENTS.which}</span>
          <select
            class="pick"
            data-testid="experiment"
            value={experiment.name}
            onChange={({ currentTarget }) => model.choose(currentTarget.value)}
          >
            {declared.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      ) : (
        <p>
          <b>
            <bdi>{experiment.name}</bdi>
          </b>
        </p>
      )}
      <p class="field-help">
        <bdi>{experiment.help}</bdi> <span>({atOnce(experiment.mostRunning, experiment.executor)})</span>
      </p>
    </>
  );
}

interface FieldProps {
  readonly parameter: StartParameter;
  readonly values: FieldValues | undefined;
  readonly model: ExperimentsModel;
}

function Field({ parameter, values, model }: FieldProps) {
  const { name, help, least, most } = parameter;
  const id = useId();
  const problem = values?.problem ?? null;
  const hint = [help, allowedRange(least, most)].filter(Boolean).join(" · ");
  const helpId = `${id}-help`;
  return (
    <div class="launch-field" data-testid={`field-${name}`}>
      {isChosen(parameter) ? (
        <Boxes parameter={parameter} model={model} helpId={helpId} />
      ) : (
        <TextField parameter={parameter} model={model} isWrong={problem !== null} id={id} helpId={helpId} />
      )}
      <p
        id={helpId}
        class={problem === null ? "field-help" : "field-help form-problem"}
        role={problem === null ? undefined : "alert"}
      >
        {problem ?? <bdi>{hint}</bdi>}
      </p>
    </div>
  );
}

interface TextFieldProps {
  readonly parameter: StartParameter;
  readonly model: ExperimentsModel;
  readonly isWrong: boolean;
  readonly id: string;
  readonly helpId: string;
}

function TextField({ parameter, model, isWrong, id, helpId }: TextFieldProps) {
  const { name, kind } = parameter;
  const typed = model.fields.value.get(name) ?? usual(parameter);
  return (
    <>
      <label for={id}>
        <bdi>{name}</bdi>
      </label>
      <input
        id={id}
        class="pick"
        value={typeof typed === "string" ? typed : typed.join(", ")}
        title={kind === "text" ? undefined : EXPERIMENTS.manyHint}
        inputMode={kind === "text" ? "text" : "decimal"}
        autoComplete="off"
        spellcheck={false}
        aria-invalid={isWrong}
        aria-describedby={helpId}
        onInput={({ currentTarget }) => model.type(name, currentTarget.value)}
      />
    </>
  );
}

interface BoxesProps {
  readonly parameter: StartParameter;
  readonly model: ExperimentsModel;
  readonly helpId: string;
}

/** One of the choices, or several. */
function Boxes({ parameter, model, helpId }: BoxesProps) {
  const { name } = parameter;
  const chosen = [model.fields.value.get(name) ?? usual(parameter)].flat();
  return (
    <fieldset class="launch-choices" title={EXPERIMENTS.oneOrMore} aria-describedby={helpId}>
      <legend>
        <bdi>{name}</bdi>
      </legend>
      {optionsOf(parameter).map((option) => {
        const text = String(option);
        return (
          <label key={text}>
            <input
              type="checkbox"
              value={text}
              checked={chosen.includes(text)}
              onChange={({ currentTarget: { checked } }) =>
                model.type(name, checked ? [...chosen, text] : chosen.filter((one) => one !== text))
              }
            />
            <bdi>{shownValue(option)}</bdi>
          </label>
        );
      })}
    </fieldset>
  );
}

function Name({ model, isOne }: { readonly model: ExperimentsModel; readonly isOne: boolean }) {
  return (
    <label class="launch-field">
      <span>{EXPERIMENTS.name}</span>
      <input
        class="pick"
        maxLength={100}
        value={model.name.value}
        disabled={!isOne}
        data-testid="run-name"
        autoComplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => {
          model.name.value = currentTarget.value;
        }}
      />
      <span class="field-help">{isOne ? EXPERIMENTS.nameHint : EXPERIMENTS.severalHint}</span>
    </label>
  );
}

/** How many runs that will be, before they are. */
function Start({ model, plan }: { readonly model: ExperimentsModel; readonly plan: Plan }) {
  const count = plan.runs.length;
  const { isSending, startProblem, startedNow } = model;
  return (
    <div class="launch-start">
      <button
        type="submit"
        class="plain primary"
        disabled={count === 0 || isSending.value}
        data-testid="start-runs"
      >
        {startRuns(count)}
      </button>
      <p class="field-help" role="status" data-testid="start-plan">
        {startedNow.value === null ? planWords(plan) : <b>{wasStarted(startedNow.value)}</b>}
      </p>
      {startProblem.value !== null && (
        <p class="form-problem" role="alert" data-testid="start-problem">
          {EXPERIMENTS.notStarted} <bdi>{startProblem.value}</bdi>
        </p>
      )}
    </div>
  );
}

function planWords({ problem, runs, fields }: Plan): string {
  if (problem !== null) return problem;
  return runs.length > 1 ? gridOf(fields.map(({ name, values }) => [name, values.length])) : "";
}
