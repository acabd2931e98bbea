import type { Signal } from "@preact/signals";
import { formatDigits, formatInteger } from "../../base/format.ts";
import { LANDSCAPE } from "../../base/words/landscape.ts";
import { Choice } from "../choice.tsx";
import type { LandscapeModel } from "./model.ts";
import { type LandscapeSettings, SCALES, VIEWS } from "./settings.ts";

interface ControlsProps {
  readonly settings: Signal<LandscapeSettings>;
  readonly model: LandscapeModel;
  /** Of what is shown: one, two or three. */
  readonly directions: number;
}

export function Controls({ settings, model, directions }: ControlsProps) {
  const { view, scale, beside } = settings.value;
  const change = (changed: Partial<LandscapeSettings>) => {
    settings.value = { ...settings.value, ...changed };
  };
  const views = VIEWS.filter((one) => one === "profile" || directions > (one === "isosurface" ? 2 : 1));
  return (
    <>
      {model.tags.value.length > 1 && (
        <select
          class="landscape-tag"
          aria-label={LANDSCAPE.tag}
          value={model.tag.value ?? ""}
          onChange={(event) => change({ tag: event.currentTarget.value, step: null })}
        >
          {model.tags.value.map((tag) => (
            <option key={tag} value={tag}>
              {tag}
            </option>
          ))}
        </select>
      )}
      <Choice
        label={LANDSCAPE.view}
        options={views}
        value={viewOf(view, directions)}
        names={LANDSCAPE.viewNames}
        hints={LANDSCAPE.viewHints}
        testId="view"
        pick={(picked) => change({ view: picked })}
      />
      <Choice
        label={LANDSCAPE.scale}
        options={SCALES}
        value={scale}
        names={LANDSCAPE.scaleNames}
        testId="loss-scale"
        pick={(picked) => change({ scale: picked })}
      />
      {model.runCount > 1 && (
        <button
          type="button"
          class="plain toggle"
          aria-pressed={beside}
          title={LANDSCAPE.besideHint}
          data-testid="beside"
          onClick={() => change({ beside: !beside })}
        >
          {LANDSCAPE.beside}
        </button>
      )}
    </>
  );
}

/** What can be seen of so many directions. */
export function viewOf(view: LandscapeSettings["view"], directions: number): LandscapeSettings["view"] {
  if (directions < 2) return "profile";
  return view === "isosurface" && directions < 3 ? "surface" : view;
}

interface SlidersProps {
  readonly settings: Signal<LandscapeSettings>;
  readonly steps: readonly number[];
  /** The third direction, where one place of it is shown. */
  readonly third: Float64Array | null;
  readonly depth: number;
}

/** Through the epochs, and through the third direction. */
export function Sliders({ settings, steps, third, depth }: SlidersProps) {
  const { step } = settings.value;
  const last = steps.length - 1;
  const at =
    step === null
      ? last
      : Math.max(
          0,
          steps.findLastIndex((one) => one <= step),
        );
  return (
    <>
      {steps.length > 1 && (
        <Slider
          label={LANDSCAPE.step}
          testId="landscape-step"
          most={last}
          value={at}
          said={formatInteger(steps[at] ?? Number.NaN)}
          slide={(value) => {
            settings.value = { ...settings.value, step: value === last ? null : (steps[value] ?? null) };
          }}
        />
      )}
      {third && (
        <Slider
          label={LANDSCAPE.depth}
          testId="landscape-depth"
          most={third.length - 1}
          value={depth}
          said={formatDigits(third[depth] ?? Number.NaN, 3)}
          slide={(value) => {
            settings.value = { ...settings.value, depth: value };
          }}
        />
      )}
    </>
  );
}

interface SliderProps {
  readonly label: string;
  readonly testId: string;
  readonly most: number;
  readonly value: number;
  readonly said: string;
  readonly slide: (value: number) => void;
}

const Slider = ({ label, testId, most, value, said, slide }: SliderProps) => (
  <label class="player">
    {label}
    <input
      type="range"
      min={0}
      max={most}
      step={1}
      value={value}
      aria-valuetext={said}
      data-testid={testId}
      onInput={(event) => slide(event.currentTarget.valueAsNumber)}
    />
    <output>{said}</output>
  </label>
);
