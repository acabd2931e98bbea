import type { Client } from "../api/client.ts";
import { Refused } from "../api/errors.ts";
import type { Candles, Extras, Series } from "../api/types.ts";
import type { Axis, Range } from "../base/axis.ts";
import { Lru } from "../base/lru.ts";
import { MAX_CANDLES } from "./level.ts";

// Of all series and windows together: some 16 MB of columns, whether they are few and long or many and short.
const CACHED_CANDLES = 125_000;

// What an answer without candles takes, as many candles.
const EACH = 50;

// Keeps one answer small enough to decode within a frame or two.
const SERIES_PER_REQUEST = 8;

/** What the horizontal axis counts, and for epochs that are not known how long they are taken to be. */
export interface Basis {
  readonly axis: Axis;
  readonly stepsPerEpoch: number | null;
}

/** Extras, and whether all series have them or only the one in focus. */
export interface WantedExtras extends Extras {
  readonly of: "focus" | "all";
}

export interface LoadRequest extends Basis {
  readonly series: readonly Series[];
  readonly extras?: WantedExtras | null;
  readonly width: number;
  readonly window: Range;
  /** Version of the data that is wanted; candles of an older one are not served. */
  readonly version: string;
}

/** Candles of many series through few requests, with those of recent windows kept. */
export class Loader {
  private readonly cache = new Lru<Candles>(CACHED_CANDLES, ({ columns }) => EACH + columns.x.length);

  constructor(private readonly client: Pick<Client, "candles">) {}

  /** Candles in the order of `request.series`, of which the first is in focus. */
  async load(request: LoadRequest, signal: AbortSignal): Promise<Candles[]> {
    const { series, extras } = request;
    const withExtras = extras?.of === "all" ? series.length : extras ? 1 : 0;
    const [some, rest] = [series.slice(0, withExtras), series.slice(withExtras)];
    const answers = await Promise.all([
      this.loadAlike(request, some, extras ?? null, signal),
      this.loadAlike(request, rest, null, signal),
    ]);
    return answers.flat();
  }

  /** Candles of series of which all have these extras, or none. */
  private async loadAlike(
    request: LoadRequest,
    series: readonly Series[],
    extras: Extras | null,
    signal: AbortSignal,
  ): Promise<Candles[]> {
    const found = new Map<string, Candles>();
    const missing: Series[] = [];
    for (const one of series) {
      const cached = this.cache.get(cacheKey(request, one, extras));
      if (cached) found.set(seriesKey(one), cached);
      else missing.push(one);
    }
    const answers = await Promise.all(
      batches(missing).map((batch) => this.fetch(request, batch, extras, signal)),
    );
    for (const candles of answers.flat()) found.set(seriesKey(candles), candles);
    return series.flatMap((one) => found.get(seriesKey(one)) ?? []);
  }

  /** Where each series lies on the axis: the cheapest question there is, one candle each. */
  async extents(series: readonly Series[], basis: Basis, signal: AbortSignal): Promise<Range[]> {
    const { axis, stepsPerEpoch } = basis;
    const asked = batches(series).map((batch) =>
      this.client.candles({ series: batch, by: axis, stepsPerEpoch, limit: 1 }, signal),
    );
    return (await Promise.all(asked)).flat().map((candles) => candles.extent);
  }

  private async fetch(
    request: LoadRequest,
    batch: readonly Series[],
    extras: Extras | null,
    signal: AbortSignal,
  ): Promise<Candles[]> {
    const answer = await this.ask(request, batch, extras, signal);
    // Named as asked: what a name is on the wire must not decide what it is found by here.
    const named = answer.map((candles, i) => ({ ...candles, ...batch[i] }));
    for (const candles of named) this.cache.set(cacheKey(request, candles, extras), candles);
    return named;
  }

  /** An indicator that can't be computed here is no reason to show no candles. */
  private async ask(
    request: LoadRequest,
    series: readonly Series[],
    extras: Extras | null,
    signal: AbortSignal,
  ): Promise<Candles[]> {
    const { axis: by, stepsPerEpoch, width, window } = request;
    const query = { series, by, stepsPerEpoch, width, window, limit: MAX_CANDLES };
    try {
      return await this.client.candles({ ...query, ...(extras ? { extras } : {}) }, signal);
    } catch (error) {
      if (extras === null || !(error instanceof Refused)) throw error;
      const answer = await this.client.candles(query, signal);
      return answer.map((candles) => ({ ...candles, extrasRefused: error.message }));
    }
  }
}

export function batches(series: readonly Series[]): Series[][] {
  const result: Series[][] = [];
  for (let i = 0; i < series.length; i += SERIES_PER_REQUEST)
    result.push(series.slice(i, i + SERIES_PER_REQUEST));
  return result;
}

export const seriesKey = ({ run, tag }: Series): string => JSON.stringify([run, tag]);

function cacheKey(request: LoadRequest, { run, tag }: Series, extras: Extras | null): string {
  const { axis, stepsPerEpoch, width, window, version } = request;
  const asked = extras && [extras.indicators, extras.patterns, extras.polarity];
  return JSON.stringify([run, tag, axis, stepsPerEpoch, width, window.from, window.to, version, asked]);
}
