import type { Candles } from "../api/types.ts";
import type { Axis, Range } from "../base/axis.ts";
import type { PriceScale } from "../base/priceScale.ts";
import type { Style } from "./bars.ts";
import type { ExtrasContent, Mark } from "./extras.ts";
import type { DrawnRun, Mode, PriceFit } from "./strands.ts";

/** What a candle chart is handed. */
export interface ChartContent {
  readonly axis: Axis;
  readonly width: number;
  readonly window: Range;
  /** The one in focus first. */
  readonly runs: readonly DrawnRun[];
  readonly style: Style;
  readonly mode: Mode;
  readonly scale: PriceScale;
  readonly fit: PriceFit;
  /** Unix time at which the seconds of the axis begin, where it is to show the time of day. */
  readonly clockStart: number | null;
  /** Of the run in focus; they are left out where there is a pane for each run. */
  readonly extras: ExtrasContent;
}

/** What is on screen once it has been painted. */
export interface Painted {
  readonly focus: Candles;
  readonly view: Range;
  readonly plotPx: number;
  /** Heights from the top: of prices first, then of the volume where there is one. */
  readonly panes: readonly number[];
  /** Which of the panes an indicator has. */
  readonly indicatorPanes: ReadonlyMap<string, number>;
}

export interface ChartListener {
  /** The crosshair is over the bucket that starts here, in this pane, or nowhere. */
  hovered(bucket: number | null, pane: number): void;
  /** A mark of an alert or a pattern is pointed at, or none. */
  pointed(mark: Mark | null): void;
  painted(painted: Painted): void;
  resized(plotPx: number): void;
}
