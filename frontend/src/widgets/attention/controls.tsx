import type { Signal } from "@preact/signals";
import { ATTENTION, ATTENTION_SNIPPET } from "../../base/words/attention.ts";
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

/** How attention gets here, where there is none. */
export const Nothing = () => (
  <div class="arguments-empty" role="status" data-testid="attention-empty">
    <p>{ATTENTION.none}</p>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
    <pre tabIndex={0}>
      <code>{ATTENTION_SNIPPET}</code>
    </pre>
  </div>
);
