import { effect, type ReadonlySignal } from "@preact/signals";
import type { Client } from "../../api/client.ts";
import { Refused, Unreachable } from "../../api/errors.ts";
import type { Points } from "../../api/points.ts";
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
  const points = await pointsAt(client, run, tag, window);
  if (points === null) return null;
  const places = placesOf(points, axis);
  const [from, to] = [places[0], places.at(-1)];
  if (from === undefined || to === undefined || !Number.isFinite(to - from)) return null;
  return { from, to };
}

/** Null where there are none by now, and where nobody answers, which the tab says elsewhere. */
async function pointsAt(
  client: Pick<Client, "points">,
  run: string,
  tag: string,
  window: Range,
): Promise<Points | null> {
  try {
    const [points] = await client.points({ series: [{ run, tag }], by: "steps", window, limit: 4 });
    return points ?? null;
  } catch (error) {
    if (error instanceof Unreachable || error instanceof Refused) return null;
    throw error;
  }
}

interface Follower {
  readonly client: Pick<Client, "points">;
  readonly place: ReadonlySignal<Place | null>;
  readonly settings: ReadonlySignal<{ readonly tag: string | null; readonly axis: LineAxis }>;
}

/**
 * Shows each place that is jumped to, once the widget is ready for it, until the returned function is called.
 * Only the last one: what was asked for before, or on another axis, is not gone to any more.
 */
export function followPlace(
  { client, place, settings }: Follower,
  isReady: (place: Place) => boolean,
  show: (view: Range, place: Place) => void,
): () => void {
  let done = place.peek();
  const go = async (wanted: Place): Promise<void> => {
    const { axis } = settings.peek();
    const view = await placeView(client, wanted, axis);
    if (view !== null && done === wanted && settings.peek().axis === axis) show(view, wanted);
  };
  const stop = effect(() => {
    const wanted = place.value;
    if (wanted === null || wanted === done) return;
    const { tag } = settings.peek();
    // What keeps to another tag has nothing to show of it, later either.
    const isElsewhere = tag !== null && tag !== wanted.tag;
    if (!isElsewhere && !isReady(wanted)) return;
    done = wanted;
    if (!isElsewhere) void go(wanted);
  });
  return () => {
    stop();
    done = null;
  };
}
