import type { Client } from "../../api/client.ts";
import type { LineAxis, Range } from "../../base/axis.ts";
import { span } from "../../base/axis.ts";
import type { Place } from "../workspace.ts";
import { placesOf } from "./reading.ts";

// Of what is jumped to on each side, so that it is seen where it stands out from.
const CONTEXT = 2;

// A single point is shown among so many steps.
const LEAST_CONTEXT_STEPS = 50;

const around = (steps: Range): Range => {
  const context = Math.max(LEAST_CONTEXT_STEPS, span(steps) * CONTEXT);
  return { from: steps.from - context, to: steps.to + context };
};

/** The view that shows a place, whatever the axis; null where the run has no points there, or no such axis. */
export async function placeView(
  client: Pick<Client, "points">,
  { run, tag, steps }: Place,
  axis: LineAxis,
): Promise<Range | null> {
  const window = around(steps);
  if (axis === "steps") return window;
  const [points] = await client.points({ series: [{ run, tag }], by: "steps", window, limit: 4 });
  if (points === undefined) return null;
  const places = placesOf(points, axis);
  const [from, to] = [places[0], places.at(-1)];
  if (from === undefined || to === undefined || !Number.isFinite(to - from)) return null;
  return { from, to };
}
