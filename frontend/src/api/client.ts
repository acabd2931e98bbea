import { candlesPath, decodeCandles } from "./candles.ts";
import { BadAnswer, Refused, Unreachable } from "./errors.ts";
import { asRecord, asText } from "./json.ts";
import { decodeRuns } from "./runs.ts";
import type { CandleQuery, Candles, Runs } from "./types.ts";

export type Fetch = (url: URL, options: RequestInit) => Promise<Response>;

/** The plugin's routes, below `base`. */
export class Client {
  private runsTag = "";

  constructor(
    private readonly base: URL,
    private readonly fetcher: Fetch = (url, options) => fetch(url, options),
  ) {}

  /** Runs and tags, or null while nothing has changed since the last call. */
  async runs(signal?: AbortSignal): Promise<Runs | null> {
    const headers: Record<string, string> = this.runsTag ? { "If-None-Match": this.runsTag } : {};
    const response = await this.get("runs", headers, signal);
    if (response.status === 304) {
      // Left unread, even an empty body counts as a request that was broken off.
      await response.text();
      return null;
    }
    const runs = decodeRuns(await readJson(response));
    this.runsTag = response.headers.get("ETag") ?? "";
    return runs;
  }

  /** The directory that TensorBoard reads. */
  async logdir(): Promise<string> {
    const config = asRecord(await readJson(await this.get("config", {})));
    return asText(config.logdir);
  }

  async candles(query: CandleQuery, signal?: AbortSignal): Promise<Candles[]> {
    const response = await this.get(candlesPath(query), {}, signal);
    const body = await response.arrayBuffer();
    const candles = decodeCandles(body);
    if (candles.length !== query.series.length) {
      throw new BadAnswer(`asked for ${query.series.length} series, got ${candles.length}`);
    }
    return candles;
  }

  private async get(path: string, headers: Record<string, string>, signal?: AbortSignal): Promise<Response> {
    const options: RequestInit = { headers, cache: "no-store", ...(signal ? { signal } : {}) };
    const response = await this.request(new URL(path, this.base), options);
    if (!response.ok && response.status !== 304) throw await refusal(response);
    return response;
  }

  private async request(url: URL, options: RequestInit): Promise<Response> {
    try {
      return await this.fetcher(url, options);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new Unreachable(error instanceof Error ? error.message : String(error));
    }
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw new BadAnswer("the answer is not JSON");
  }
}

async function refusal(response: Response): Promise<Error> {
  const answer = asRecord(await response.json().catch(() => null));
  const message = answer.error;
  if (typeof message === "string") return new Refused(response.status, message);
  // Without the API's own words, what answered was something in between: a proxy, or a host going down.
  return new Unreachable(`HTTP ${response.status}`);
}
