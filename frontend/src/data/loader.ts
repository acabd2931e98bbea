import type { Client } from "../api/client.ts";
import type { Candles, Series } from "../api/types.ts";
import type { Axis, Range } from "../base/axis.ts";
import { Lru } from "../base/lru.ts";
import { MAX_CANDLES } from "./level.ts";

const CACHED_SERIES = 64;

// Keeps one answer small enough to decode within a frame or two.
const SERIES_PER_REQUEST = 8;

/** What the horizontal axis counts, and for epochs that are not known how long they are taken to be. */
export interface Basis {
  readonly axis: Axis;
  readonly stepsPerEpoch: number | null;
}

export interface LoadRequest extends Basis {
  readonly series: readonly Series[];
  readonly width: number;
  readonly window: Range;
  /** Version of the data that is wanted; candles of an older one are not served. */
  readonly version: string;
}

/** Candles of many series through few requests, with those of recent windows kept. */
export class Loader {
  private readonly cache = new Lru<Candles>(CACHED_SERIES);

  constructor(private readonly client: Pick<Client, "candles">) {}

  /** Candles in the order of `request.series`. */
  async load(request: LoadRequest, signal: AbortSignal): Promise<Candles[]> {
    const found = new Map<string, Candles>();
    const missing: Series[] = [];
    for (const series of request.series) {
      const cached = this.cache.get(cacheKey(request, series));
      if (cached) found.set(seriesKey(series), cached);
      else missing.push(series);
    }
    const answers = await Promise.all(batches(missing).map((batch) => this.fetch(request, batch, signal)));
    for (const candles of answers.flat()) found.set(seriesKey(candles), candles);
    return request.series.flatMap((series) => found.get(seriesKey(series)) ?? []);
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
    signal: AbortSignal,
  ): Promise<Candles[]> {
    const { axis, stepsPerEpoch, width, window } = request;
    const answer = await this.client.candles(
      { series: batch, by: axis, stepsPerEpoch, width, window, limit: MAX_CANDLES },
      signal,
    );
    // Named as asked: what a name is on the wire must not decide what it is found by here.
    const named = answer.map((candles, i) => ({ ...candles, ...batch[i] }));
    for (const candles of named) this.cache.set(cacheKey(request, candles), candles);
    return named;
  }
}

function batches(series: readonly Series[]): Series[][] {
  const result: Series[][] = [];
  for (let i = 0; i < series.length; i += SERIES_PER_REQUEST)
    result.push(series.slice(i, i + SERIES_PER_REQUEST));
  return result;
}

export const seriesKey = ({ run, tag }: Series): string => JSON.stringify([run, tag]);

function cacheKey(request: LoadRequest, { run, tag }: Series): string {
  const { axis, stepsPerEpoch, width, window, version } = request;
  return JSON.stringify([run, tag, axis, stepsPerEpoch, width, window.from, window.to, version]);
}
