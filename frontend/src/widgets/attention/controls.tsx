import type { Signal } from "@preact/signals";
import { ATTENTION } from "../../base/words/attention.ts";
import { Choice } from "../choice.tsx";
import type { AttentionModel } from "./model.ts";
import { type AttentionSettings, SCALES, VIEWS } from "./settings.ts";

interface ControlsProps {
  readonly model: AttentionModel;
  readonly settings: Signal<AttentionSettings>;
}

export function Controls({ model, settings }: ControlsProps) {
  const { view, scale } = settings.value;
  const change = (changed: Partial<AttentionSettings>) => {
    settings.value = { ...settings.value, ...changed };
  };
  return (
    <>
      <Choice
        label={ATTENTION.view}
        options={VIEWS}
        value={view}
        names={ATTENTION.views}
        hints={ATTENTION.viewHints}
        testId="view"
        pick={(picked) => change({ view: picked })}
      />
      {view === "maps" && model.opened.value === null && (
        <Choice
          label={ATTENTION.scale}
          options={SCALES}
          value={scale}
          names={ATTENTION.scales}
          hints={ATTENTION.scaleHints}
          testId="scale"
          pick={(picked) => change({ scale: picked })}
        />
      )}
    </>
  );
}
