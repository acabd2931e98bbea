import type { Signal } from "@preact/signals";
import { OUTPUTS } from "../../base/words/outputs.ts";
import { Choice } from "../choice.tsx";
import type { OutputsModel } from "./model.ts";
import { type OutputsSettings, VIEWS } from "./settings.ts";

interface ControlsProps {
  readonly model: OutputsModel;
  readonly settings: Signal<OutputsSettings>;
}

export function Controls({ model, settings }: ControlsProps) {
  const predictions = model.outputs.value?.predictions;
  if (!predictions) return null;
  const { view, onlyWrong } = settings.value;
  const isOfClasses = predictions.confusion !== null;
  const change = (changed: Partial<OutputsSettings>) => {
    settings.value = { ...settings.value, ...changed };
  };
  return (
    <>
      <Choice
        label={OUTPUTS.view}
        options={VIEWS}
        value={view}
        names={isOfClasses ? OUTPUTS.views : OUTPUTS.numberViews}
        hints={isOfClasses ? OUTPUTS.viewHints : OUTPUTS.numberViewHints}
        testId="view"
        pick={(picked) => change({ view: picked })}
      />
      {isOfClasses && view !== "confusion" && (
        <button
          type="button"
          class="plain toggle"
          aria-pressed={onlyWrong}
          title={OUTPUTS.onlyWrongHint}
          data-testid="only-wrong"
          onClick={() => change({ onlyWrong: !onlyWrong })}
        >
          {OUTPUTS.onlyWrong}
        </button>
      )}
    </>
  );
}
