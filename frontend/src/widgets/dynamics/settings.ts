import type { TrajectoryAxes } from "../../api/trajectory.ts";
import type { Stored } from "../widget.ts";

export const TRAJECTORY_AXES: readonly TrajectoryAxes[] = ["metrics", "components"];

export const COLOURS = ["step", "epoch", "run", "curvature"] as const;
export type Colour = (typeof COLOURS)[number];

export const LEAST_WINDOW = 3;
export const MOST_WINDOW = 2001;

export interface DynamicsSettings {
  readonly axes: TrajectoryAxes;
  /** Along each axis; null: the tag that is picked for all widgets, or the next one of the run. */
  readonly tags: readonly (string | null)[];
  readonly colour: Colour;
  readonly momentum: boolean;
  /** The path without its noise, over that of the points themselves. */
  readonly smooth: boolean;
  /** Axes whose values are all above zero are logarithmic. */
  readonly log: boolean;
  /** In points; null: a share of each path. */
  readonly window: number | null;
}

/** Settings from what was stored; whatever can't be used falls back to its default. */
export function readSettings({
  axes,
  tags,
  colour,
  momentum,
  smooth,
  log,
  window,
}: Stored): DynamicsSettings {
  const each: readonly unknown[] = Array.isArray(tags) ? tags : [];
  return {
    axes: TRAJECTORY_AXES.find((one) => one === axes) ?? "metrics",
    tags: [0, 1, 2].map((i) => asTag(each[i])),
    colour: COLOURS.find((one) => one === colour) ?? "step",
    momentum: momentum !== false,
    smooth: smooth !== false,
    log: log === true,
    window: readWindow(window),
  };
}

const asTag = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** A window that the server takes: odd, and within its bounds; null for what is none. */
export function readWindow(value: unknown): number | null {
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0) return null;
  const odd = 2 * Math.floor(value / 2) + 1;
  return Math.min(MOST_WINDOW, Math.max(LEAST_WINDOW, odd));
}
