import { batch, computed, signal } from "@preact/signals";
import { type Range, span } from "../../base/axis.ts";
import { lastRowUpTo } from "../../base/rows.ts";
import type { Hover, LineChart } from "../../chart/lineChart.ts";
import type { LineSeries } from "../../chart/lineGeometry.ts";
import { Feed, type Frame } from "../../data/feed.ts";
import { type ChosenIndicator, chosenOf, readIndicator } from "../../data/indicators.ts";
import { Loader } from "../../data/loader.ts";
import { type ChartInputs, LineChartModel } from "../line/chartModel.ts";
import { registriesOf } from "../registries.ts";
import { linesOf } from "./lines.ts";
import type { IndicatorSettings } from "./settings.ts";

export type IndicatorInputs = ChartInputs<IndicatorSettings>;

/** What an indicator widget shows: a value for each candle. */
export class IndicatorModel extends LineChartModel<IndicatorSettings, LineSeries> {
  readonly frame = signal<Frame | null>(null);
  readonly chosen = computed(() => this.chosenNow());

  protected readonly feed = new Feed(new Loader(this.inputs.workspace.client), {
    ...this.listener,
    loaded: (frame, view) => this.loaded(frame, view),
  });

  configure(chosen: ChosenIndicator, numbers: readonly number[]): void {
    const { settings } = this.inputs;
    settings.value = { ...settings.value, indicator: chosenOf(chosen.info, numbers).text };
  }

  protected want(): void {
    const { settings, workspace } = this.inputs;
    const [series, { axis }, chosen] = [this.inputs.series.value, settings.value, this.chosen.value];
    const polarity = workspace.polarities.value.get(series[0]?.tag ?? "") ?? null;
    this.feed.want({
      series: chosen === null ? [] : series,
      axis,
      stepsPerEpoch: null,
      width: "auto",
      resolution: series[0]?.resolution ?? null,
      extras: chosen && { indicators: [chosen.text], patterns: false, polarity, of: "all" },
      version: workspace.version.value,
    });
  }

  protected draw(chart: LineChart): void {
    const [series, frame, view] = [this.lines.value, this.frame.value, chart.view()];
    if (frame === null || view === null) return;
    const { axis, window, width } = frame.plan;
    const held = { window, columns: span(window) / width };
    chart.setContent({ axis, held, series, scale: "linear" }, view);
  }

  protected shown() {
    const frame = this.frame.value;
    if (frame === null) return null;
    // What is held and nobody wants any more is not drawn.
    const wanted = new Set(this.inputs.series.value.map(({ run }) => run));
    const focus = frame.candles.find(({ run }) => wanted.has(run)) ?? frame.candles[0];
    return { focus, cut: frame.plan.axis };
  }

  /** All runs have their candles at the same places, so that the height of the pointer says nothing. */
  protected override hovered(hover: Hover | null): void {
    this.pointTo(hover && { place: hover.place, y: null });
  }

  protected linesNow(): readonly LineSeries[] {
    const [frame, chosen] = [this.frame.value, this.chosen.value];
    if (frame === null || chosen === null) return [];
    const colours = new Map(this.inputs.series.value.map(({ run, colour }) => [run, colour]));
    return linesOf(frame.candles, chosen, this.inputs.settings.value.output, colours);
  }

  protected rowOf({ place }: LineSeries): number {
    const at = this.cursor.value?.place;
    if (at === undefined) return lastRowUpTo(place, this.painted.value?.geometry.view.to ?? Number.MAX_VALUE);
    const half = (this.frame.value?.plan.width ?? 0) / 2;
    const row = lastRowUpTo(place, at + half);
    return row >= 0 && at - (place[row] ?? 0) <= half ? row : -1;
  }

  private chosenNow(): ChosenIndicator | null {
    const registry = registriesOf(this.inputs.workspace.client).indicators.value;
    return registry && readIndicator(this.inputs.settings.value.indicator, registry);
  }

  private loaded(frame: Frame, view: Range): void {
    batch(() => {
      // Before what is held, which draws it.
      this.chart?.setView(view);
      this.frame.value = frame;
      this.refusal.value = frame.candles[0]?.extrasRefused ?? null;
    });
  }
}
