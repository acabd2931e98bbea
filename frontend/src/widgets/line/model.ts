import { batch, computed, signal } from "@preact/signals";
import type { Points } from "../../api/points.ts";
import { type Range, span } from "../../base/axis.ts";
import { toPlotted } from "../../base/priceScale.ts";
import type { LineChart } from "../../chart/lineChart.ts";
import { type LineSeries, xOf, yOf } from "../../chart/lineGeometry.ts";
import { PointFeed, type PointPlan } from "../../data/pointFeed.ts";
import type { Held } from "../../data/supply.ts";
import { type ChartInputs, LineChartModel, type Reading } from "./chartModel.ts";
import { hasBelowZero, lastRowIn, placesOf, rowAt } from "./reading.ts";
import type { LineSettings } from "./settings.ts";

export type LineInputs = ChartInputs<LineSettings>;

/** A series that is held, with its places on the axis. */
export interface HeldLine extends LineSeries {
  readonly points: Points;
}

export type LineReading = Reading<HeldLine>;

const REACH_PX = 4;
const AIM_PX = 12;
const NEAR_PX = 30;

/** What a line widget shows: the points themselves. */
export class LineModel extends LineChartModel<LineSettings, HeldLine> {
  readonly held = signal<Held<PointPlan, Points> | null>(null);
  /** Whether the scale leaves out points in view. */
  readonly isCut = computed(() => {
    const painted = this.painted.value;
    if (painted?.content.scale !== "log") return false;
    return painted.content.series.some((line) => hasBelowZero(line, painted.geometry.view));
  });
  /** Of the runs, that whose point is nearest to the pointer. */
  readonly nearest = computed(() => this.nearestRun());

  protected readonly feed = new PointFeed(this.inputs.workspace.client, {
    ...this.listener,
    loaded: (held, view) => this.loaded(held, view),
  });

  /** Moves the crosshair to the first or last point of the whole series, held or not. */
  jump(end: "first" | "last"): void {
    const extent = this.lines.value[0]?.points.extent;
    if (extent) this.point(end === "first" ? extent.from : extent.to);
  }

  protected want(): void {
    const { series, settings, workspace } = this.inputs;
    const { axis, smoothing } = settings.value;
    this.feed.want({ series: series.value, axis, smooth: smoothing, version: workspace.version.value });
  }

  protected draw(chart: LineChart): void {
    const [series, { scale }, held] = [this.lines.value, this.inputs.settings.value, this.held.value];
    const view = chart.view();
    if (held && view) chart.setContent({ axis: held.plan.axis, held: held.plan, series, scale }, view);
  }

  protected shown() {
    const held = this.held.value;
    // What is held and nobody wants any more is not drawn.
    return held && { focus: this.lines.value[0]?.points ?? held.items[0], cut: held.plan.axis };
  }

  protected linesNow(): readonly HeldLine[] {
    const held = this.held.value;
    if (held === null) return [];
    const colours = new Map(this.inputs.series.value.map(({ run, colour }) => [run, colour]));
    return held.items.flatMap((points) => {
      const colour = colours.get(points.run);
      if (colour === undefined) return [];
      const { run, value, smoothed, nonfinite } = points;
      const place = placesOf(points, held.plan.axis);
      return [{ run, colour, place, value, smoothed, nonfinite, points }];
    });
  }

  protected rowOf({ place, value }: HeldLine): number {
    const [cursor, geometry] = [this.cursor.value, this.painted.value?.geometry];
    if (geometry === undefined) return -1;
    if (cursor === null) return lastRowIn(place, value, geometry.view);
    const perPx = span(geometry.view) / geometry.width;
    const { y } = cursor;
    const away = (one: number) => {
      const px = y === null ? 0 : Math.abs(yOf(geometry, toPlotted(one, geometry.scale)) - y);
      // Of what is further off, none is meant more than the others.
      return Math.min(px, AIM_PX) * perPx;
    };
    return rowAt(place, value, { place: cursor.place, reach: REACH_PX * perPx, away });
  }

  private nearestRun(): string | null {
    const [cursor, geometry] = [this.cursor.value, this.painted.value?.geometry];
    if (!cursor || cursor.y === null || geometry === undefined) return null;
    let [found, least]: [string | null, number] = [null, NEAR_PX];
    for (const { line, row } of this.readings.value) {
      const [place, value] = [line.place[row], line.value[row]];
      if (place === undefined || value === undefined) continue;
      const y = yOf(geometry, toPlotted(value, geometry.scale));
      const distance = Math.hypot(xOf(geometry, place) - xOf(geometry, cursor.place), y - cursor.y);
      if (distance < least) [found, least] = [line.run, distance];
    }
    return found;
  }

  private loaded(held: Held<PointPlan, Points>, view: Range): void {
    batch(() => {
      this.refusal.value = null;
      // Before what is held, which draws it.
      this.chart?.setView(view);
      this.held.value = held;
    });
  }
}
