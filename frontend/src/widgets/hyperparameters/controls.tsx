import type { Signal } from "@preact/signals";
import type { SurfaceFit } from "../../api/hyperparameters.ts";
import { HYPERPARAMETERS } from "../../base/words/hyperparameters.ts";
import { Choice } from "../choice.tsx";
import { type HyperparameterSettings, TARGETS, VIEWS, WHICH } from "./settings.ts";

interface ControlsProps {
  readonly settings: Signal<HyperparameterSettings>;
}

export function Controls({ settings }: ControlsProps) {
  const { view, target, which, uncertainty } = settings.value;
  const change = (changed: Partial<HyperparameterSettings>) => {
    settings.value = { ...settings.value, ...changed };
  };
  return (
    <>
      <Choice
        label={HYPERPARAMETERS.view}
        options={VIEWS}
        value={view}
        names={HYPERPARAMETERS.viewNames}
        hints={HYPERPARAMETERS.viewHints}
        testId="view"
        pick={(picked) => change({ view: picked })}
      />
      <Choice
        label={HYPERPARAMETERS.target}
        options={TARGETS}
        value={target}
        names={HYPERPARAMETERS.targetNames}
        hints={HYPERPARAMETERS.targetHints}
        testId="target"
        pick={(picked) => change({ target: picked })}
      />
      <Choice
        label={HYPERPARAMETERS.which}
        options={WHICH}
        value={which}
        names={HYPERPARAMETERS.whichNames}
        hints={HYPERPARAMETERS.whichHints}
        testId="which"
        pick={(picked) => change({ which: picked })}
      />
      {(view === "surface" || view === "map") && (
        <button
          type="button"
          class="plain toggle"
          aria-pressed={uncertainty}
          title={HYPERPARAMETERS.uncertaintyHint}
          data-testid="uncertainty"
          onClick={() => change({ uncertainty: !uncertainty })}
        >
          {HYPERPARAMETERS.uncertainty}
        </button>
      )}
    </>
  );
}

interface AxisPickersProps extends ControlsProps {
  readonly fit: SurfaceFit;
}

/** Which parameters the surface is over. */
export function AxisPickers({ settings, fit }: AxisPickersProps) {
  const { view } = settings.value;
  if (fit.y === null || (view !== "surface" && view !== "map")) return null;
  const pick = (axis: "x" | "y") => (event: { readonly currentTarget: HTMLSelectElement }) => {
    const name = event.currentTarget.value;
    const now = { x: fit.x, y: fit.y };
    // Who picks what is along the other axis turns the picture.
    const turned = name === (axis === "x" ? now.y : now.x);
    const next = turned ? { x: now.y, y: now.x } : { ...now, [axis]: name };
    settings.value = { ...settings.value, ...next };
  };
  return (
    <div class="axis-pickers hyperparameter-axes">
      {(["x", "y"] as const).map((axis) => (
        <label class="axis-picker" key={axis}>
          {HYPERPARAMETERS[axis]}
          <select value={fit[axis] ?? ""} data-testid={`axis-${axis}`} onChange={pick(axis)}>
            {fit.axes.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ))}
    </div>
  );
}
