import { INDICATOR_WORDS } from "../../../base/words/indicators.ts";
import type { ChosenIndicator } from "../../../data/indicators.ts";
import { ParameterFields } from "../../parameters.tsx";
import type { ExtrasModel } from "./model.ts";

interface ConfigureProps {
  readonly chosen: ChosenIndicator;
  readonly extras: ExtrasModel;
  readonly close: () => void;
}

/** What an indicator is, and its numbers. */
export function Configure({ chosen, extras, close }: ConfigureProps) {
  const { info, numbers } = chosen;
  return (
    <div class="configure" data-testid="configure">
      <h3>{info.title}</h3>
      <p>{info.explanation}</p>
      <ParameterFields
        parameters={info.parameters}
        numbers={numbers}
        change={(changed) => extras.configure(chosen, changed)}
      />
      <p class="hint">
        {INDICATOR_WORDS.source} {info.source}
      </p>
      <div class="configure-acts">
        {info.parameters.length > 0 && (
          <button
            type="button"
            class="plain"
            data-testid="configure-reset"
            onClick={() => extras.configure(chosen, [])}
          >
            {INDICATOR_WORDS.reset}
          </button>
        )}
        <button type="button" class="plain" onClick={close}>
          {INDICATOR_WORDS.done}
        </button>
      </div>
    </div>
  );
}
