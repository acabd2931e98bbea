import type { Signal } from "@preact/signals";
import { DYNAMICS } from "../../base/words/dynamics.ts";
import { Choice } from "../choice.tsx";
import { TagPicker } from "../tagPicker.tsx";
import type { Workspace } from "../workspace.ts";
import { COLOURS, type DynamicsSettings, MOST_WINDOW, readWindow, TRAJECTORY_AXES } from "./settings.ts";

const SWITCHES = ["smooth", "momentum", "log"] as const;

interface ControlsProps {
  readonly settings: Signal<DynamicsSettings>;
  readonly hasEpochs: boolean;
}

export function Controls({ settings, hasEpochs }: ControlsProps) {
  const { axes, colour } = settings.value;
  const change = (changed: Partial<DynamicsSettings>) => {
    settings.value = { ...settings.value, ...changed };
  };
  return (
    <>
      <Choice
        label={DYNAMICS.axes}
        options={TRAJECTORY_AXES}
        value={axes}
        names={DYNAMICS.axesNames}
        hints={DYNAMICS.axesHints}
        testId="axes"
        pick={(picked) => change({ axes: picked })}
      />
      <Choice
        label={DYNAMICS.colour}
        options={COLOURS.filter((one) => one !== "epoch" || hasEpochs)}
        value={colour === "epoch" && !hasEpochs ? "step" : colour}
        names={DYNAMICS.colourNames}
        hints={DYNAMICS.colourHints}
        testId="colour"
        pick={(picked) => change({ colour: picked })}
      />
      {SWITCHES.map((name) => (
        <button
          key={name}
          type="button"
          class="plain toggle"
          aria-pressed={settings.value[name]}
          title={DYNAMICS.switchHints[name]}
          data-testid={`switch-${name}`}
          onClick={() => change({ [name]: !settings.value[name] })}
        >
          {DYNAMICS.switches[name]}
        </button>
      ))}
      <WindowField window={settings.value.window} change={change} />
    </>
  );
}

interface WindowFieldProps {
  readonly window: number | null;
  readonly change: (changed: Partial<DynamicsSettings>) => void;
}

const WindowField = ({ window, change }: WindowFieldProps) => (
  <label class="window-control" title={DYNAMICS.windowHint}>
    {DYNAMICS.window}
    <input
      type="number"
      min="3"
      max={MOST_WINDOW}
      step="2"
      data-testid="window"
      placeholder={DYNAMICS.auto}
      value={window ?? ""}
      onChange={(event) => change({ window: readWindow(event.currentTarget.valueAsNumber) })}
    />
    {DYNAMICS.windowUnit}
  </label>
);

interface AxisPickersProps {
  readonly workspace: Workspace;
  readonly settings: Signal<DynamicsSettings>;
  /** What is along each axis now. */
  readonly tags: readonly string[];
}

/** What is along each axis, where it can be picked. */
export function AxisPickers({ workspace, settings, tags }: AxisPickersProps) {
  const pick = (axis: number) => (tag: string | null) => {
    settings.value = {
      ...settings.value,
      tags: settings.value.tags.map((before, i) => (i === axis ? tag : before)),
    };
  };
  return (
    <span class="axis-pickers">
      {tags.map((tag, axis) => (
        <span class="axis-picker" key={axis} title={DYNAMICS.axis[axis]}>
          <span class="axis-letter" aria-hidden="true">
            {"xyz"[axis]}
          </span>
          <TagPicker
            workspace={workspace}
            tag={axis === 0 ? (settings.value.tags[0] ?? null) : tag}
            pick={pick(axis)}
          />
        </span>
      ))}
    </span>
  );
}
