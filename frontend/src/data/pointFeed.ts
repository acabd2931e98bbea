import type { Client } from "../api/client.ts";
import type { Points } from "../api/points.ts";
import { type LineAxis, type Range, span } from "../base/axis.ts";
import { batches } from "./loader.ts";
import { type Source, Supply, type SupplyListener, type Wish } from "./supply.ts";

/** The points of which series one chart shows; the first series is the one in focus. */
export interface WantedPoints extends Wish {
  readonly axis: LineAxis;
  /** Weight of a smoothing beside the values; 0: none. */
  readonly smooth: number;
}

/** A window cut into columns: of each its first, last, smallest and largest point are held. */
export interface PointPlan {
  readonly axis: LineAxis;
  readonly window: Range;
  readonly columns: number;
  readonly smooth: number;
}

type PointClient = Pick<Client, "points">;

const POINTS_PER_COLUMN = 4;

// An epoch and a second may hold any number of points.
const NARROWEST: Readonly<Record<LineAxis, number>> = {
  steps: 1,
  epochs: 0.001,
  seconds: 0.001,
  wall_time: 0.001,
};

const SPARE = 0.2;

/** Keeps a chart supplied with points; its size is told in pixels of the screen. */
export class PointFeed extends Supply<WantedPoints, PointPlan, Points> {
  constructor(client: PointClient, listener: SupplyListener<PointPlan, Points>) {
    super(pointSource(client), listener);
  }
}

/**
 * The columns of a plan are the pixels of the view, and of half a screen on each side: M4 draws the very line of
 * all points only where its columns are those of the screen (Jugel et al. 2014).
 */
export function pointPlan({ axis, smooth }: WantedPoints, view: Range, plotPx: number): PointPlan {
  const side = Math.ceil(plotPx / 2);
  const margin = side * (span(view) / plotPx);
  const window = { from: view.from - margin, to: view.to + margin };
  return { axis, window, columns: plotPx + 2 * side, smooth };
}

export const columnWidth = ({ window, columns }: Pick<PointPlan, "window" | "columns">): number =>
  span(window) / columns;

/** Whether columns of two plans look equally wide: the last is not a thousandth of its width off. */
export const areAlike = (a: PointPlan, b: PointPlan): boolean =>
  Math.abs(columnWidth(a) / columnWidth(b) - 1) * a.columns < 1e-3;

function serves(held: PointPlan, needed: PointPlan, view: Range, extent: Range): boolean {
  if (held.axis !== needed.axis || held.smooth !== needed.smooth || !areAlike(held, needed)) return false;
  const spare = span(view) * SPARE;
  const from = Math.max(view.from - spare, extent.from);
  const to = Math.min(view.to + spare, extent.to);
  return from >= to || (held.window.from <= from && to <= held.window.to);
}

const pointSource = (client: PointClient): Source<WantedPoints, PointPlan, Points> => ({
  narrowest: ({ axis }) => NARROWEST[axis],
  sameBasis: (a, b) => a.axis === b.axis,
  sameCut: (a, b) => a.smooth === b.smooth,
  async extents({ series, axis }, signal) {
    const asked = batches(series).map((batch) =>
      client.points({ series: batch, by: axis, limit: POINTS_PER_COLUMN }, signal),
    );
    return (await Promise.all(asked)).flat().map((points) => points.extent);
  },
  plan: (wanted, view, _extent, plotPx) => pointPlan(wanted, view, plotPx),
  serves,
  async load({ series }, { axis, window, columns, smooth }, signal) {
    const limit = POINTS_PER_COLUMN * columns;
    const asked = batches(series).map(async (batch) => {
      const query = { series: batch, by: axis, window, neighbours: true, smooth, limit };
      const answer = await client.points(query, signal);
      // Named as asked: what a name is on the wire must not decide what it is found by here.
      return answer.map((points, i) => ({ ...points, ...batch[i] }));
    });
    return (await Promise.all(asked)).flat();
  },
});
