import type { Signal } from "@preact/signals";
import { LINE_AXES } from "../../base/axis.ts";
import { PRICE_SCALES } from "../../base/priceScale.ts";
import { STRINGS } from "../../base/strings.ts";
import { LINE } from "../../base/words/line.ts";
import { Choice } from "../choice.tsx";
import { type LineSettings, positionOf, SLIDER_END, weightAt } from "./settings.ts";

interface ToolbarProps {
  readonly settings: Signal<LineSettings>;
  readonly fit: () => void;
}

export function Toolbar({ settings, fit }: ToolbarProps) {
  const { axis, scale } = settings.value;
  const change = (some: Partial<LineSettings>) => {
    settings.value = { ...settings.value, ...some };
  };
  return (
    <div class="toolbar" role="toolbar" aria-label={LINE.toolbar}>
      <Choice
        label={STRINGS.axis}
        options={LINE_AXES}
        value={axis}
        names={LINE.axisNames}
        hints={LINE.axisHints}
        testId="axis"
        pick={(picked) => change({ axis: picked })}
      />
      <Choice
        label={STRINGS.scale}
        options={PRICE_SCALES}
        value={scale}
        names={LINE.scaleNames}
        testId="scale"
        pick={(picked) => change({ scale: picked })}
      />
      <Smoothing weight={settings.value.smoothing} change={(smoothing) => change({ smoothing })} />
      <button type="button" class="plain" data-testid="fit" title={STRINGS.fitHint} onClick={fit}>
        {STRINGS.fit}
      </button>
    </div>
  );
}

interface SmoothingProps {
  readonly weight: number;
  readonly change: (weight: number) => void;
}

function Smoothing({ weight, change }: SmoothingProps) {
  const words = weight === 0 ? LINE.noSmoothing : String(weight);
  return (
    <label class="smoothing" title={LINE.smoothingHint}>
      <span class="label">{LINE.smoothingShort}</span>
      <input
        type="range"
        min={0}
        max={SLIDER_END}
        value={positionOf(weight)}
        aria-label={LINE.smoothing}
        aria-valuetext={words}
        data-testid="smoothing"
        onInput={(event) => change(weightAt(event.currentTarget.valueAsNumber))}
      />
      <output class="smoothing-weight">{words}</output>
    </label>
  );
}
