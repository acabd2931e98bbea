import type { Candles } from "../api/types.ts";
import type { Range } from "../base/axis.ts";
import { narrowestWidth } from "../base/axis.ts";
import { type Plan, planFor, serves } from "./level.ts";
import type { Basis, Loader, WantedExtras } from "./loader.ts";
import { type Source, Supply, type Wish } from "./supply.ts";

/** Which candles one chart shows; the first series is the one in focus. */
export interface Wanted extends Wish, Basis {
  readonly width: number | "auto";
  /** Of the series in focus: steps that its candles span, if it was logged as such. */
  readonly resolution: number | null;
  /** Indicators and patterns; null or left out: none. */
  readonly extras?: WantedExtras | null;
  /** How many of the series share each candle's room; left out: none do. */
  readonly sharing?: number;
  /** Buckets before those in view that what is drawn depends on. */
  readonly history?: number;
}

/** Candles of one width over one window, for all series of a chart. */
export interface Frame {
  readonly plan: Plan;
  readonly extent: Range;
  readonly candles: readonly Candles[];
}

export interface FeedListener {
  /** The view moved; what is held goes on showing. */
  moved(view: Range): void;
  /** A person has moved the view and left it there; null: it shows all that there is. */
  rested?(view: Range | null): void;
  /** Other candles are held now. */
  loaded(frame: Frame, view: Range): void;
  failed(error: unknown): void;
  busy(busy: boolean): void;
}

interface CandlePlan extends Plan {
  readonly extras: WantedExtras | null;
  readonly history: number;
}

type CandleLoader = Pick<Loader, "load" | "extents">;

/** Keeps a chart supplied with candles. */
export class Feed extends Supply<Wanted, CandlePlan, Candles> {
  constructor(loader: CandleLoader, listener: FeedListener) {
    super(candleSource(loader), {
      ...listener,
      loaded: ({ plan, extent, items }, view) => listener.loaded({ plan, extent, candles: items }, view),
    });
  }
}

const candleSource = (loader: CandleLoader): Source<Wanted, CandlePlan, Candles> => ({
  narrowest: ({ axis }) => narrowestWidth(axis),
  sameBasis: (a, b) => a.axis === b.axis && a.stepsPerEpoch === b.stepsPerEpoch,
  sameCut: (a, b) =>
    a.width === b.width &&
    a.sharing === b.sharing &&
    a.history === b.history &&
    sameExtras(a.extras, b.extras),
  extents: (wanted, signal) => loader.extents(wanted.series, wanted, signal),
  plan: (
    { extras = null, history = 0, width: chosen, sharing = 1, axis, resolution },
    view,
    extent,
    plotPx,
  ) => ({
    ...planFor({ axis, view, extent, plotPx, chosen, resolution, sharing, history }),
    extras,
    history,
  }),
  serves: (held, needed, view, extent) =>
    serves(held, needed, view, extent, needed.history) && sameExtras(held.extras, needed.extras),
  load: ({ series, stepsPerEpoch, version }, plan, signal) =>
    loader.load({ ...plan, series, stepsPerEpoch, version }, signal),
  restated: (held, { refusedWidth }) =>
    held.refusedWidth === refusedWidth ? null : { ...held, refusedWidth },
});

const sameExtras = (a: Wanted["extras"], b: Wanted["extras"]): boolean =>
  JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
