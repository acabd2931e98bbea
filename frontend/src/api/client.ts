import {
  type AlertAnswer,
  type AlertCountsAnswer,
  type AlertQuery,
  alertCountsPath,
  alertsPath,
  decodeAlertCounts,
  decodeAlerts,
  decodeProgress,
  type Lookout,
} from "./alerts.ts";
import { candlesPath, decodeCandles } from "./candles.ts";
import { type Config, decodeConfig } from "./config.ts";
import { BadAnswer, Refused, Unreachable } from "./errors.ts";
import { asRecord } from "./json.ts";
import { decodePoints, type PointQuery, type Points, pointsPath } from "./points.ts";
import {
  type DetectorInfo,
  decodeDetectors,
  decodeIndicators,
  decodePatterns,
  type IndicatorInfo,
  type PatternInfo,
} from "./registries.ts";
import { decodeRuns } from "./runs.ts";
import type { CandleQuery, Candles, Runs } from "./types.ts";

export type Fetch = (url: URL, options: RequestInit) => Promise<Response>;

/** An answer, and what names it. */
export interface Tagged<Answer> {
  readonly etag: string;
  readonly answer: Answer;
}

/** Some of the bytes of something: `end` is how many there are in all, `start` the place of the first of these. */
export interface Stretch {
  readonly bytes: ArrayBuffer;
  readonly start: number;
  readonly end: number;
}

/** The plugin's routes, below `base`. */
export class Client {
  private lastRuns: Tagged<Runs> | null = null;

  constructor(
    private readonly base: URL,
    private readonly fetcher: Fetch = (url, options) => fetch(url, options),
  ) {}

  /** Runs and tags, or null while nothing has changed since the last call; `watching` are looked at most often. */
  async runs(watching: readonly string[] = [], signal?: AbortSignal): Promise<Runs | null> {
    const before = this.lastRuns;
    const query = new URLSearchParams(before ? { since: before.answer.version } : {});
    for (const run of watching) query.append("watching", run);
    const found = await this.tagged(
      `runs?${query}`,
      before?.etag ?? "",
      (answer) => decodeRuns(answer, before?.answer ?? null),
      signal,
    );
    if (found === null) return null;
    this.lastRuns = found;
    return found.answer.version === before?.answer.version ? null : found.answer;
  }

  /** What TensorBoard reads, and what may be changed from here. */
  async config(): Promise<Config> {
    return decodeConfig(await readJson(await this.get("config", {})));
  }

  /** Asks for a change; the token tells that it is this page that asks. */
  async post(path: string, body: object, token: string): Promise<unknown> {
    const headers = { "Content-Type": "application/json", [TOKEN_HEADER]: token };
    const options = { method: "POST", headers, body: JSON.stringify(body), cache: "no-store" } as const;
    const response = await received(this.fetcher(new URL(path, this.base), options));
    if (!response.ok) throw await refusal(response);
    return readJson(response);
  }

  /** Bytes of what may still grow; null where nothing has changed since the answer of that ETag. */
  async stretch(path: string, etag: string, signal?: AbortSignal): Promise<Tagged<Stretch> | null> {
    const response = await this.get(path, ifNot(etag), signal);
    if (await isUnchanged(response, signal)) return null;
    const place = (name: string) => Number(response.headers.get(name) ?? Number.NaN);
    const bytes = await received(response.arrayBuffer(), signal);
    return { etag: etagOf(response), answer: { bytes, start: place(START_HEADER), end: place(END_HEADER) } };
  }

  async candles(query: CandleQuery, signal?: AbortSignal): Promise<Candles[]> {
    const response = await this.get(candlesPath(query), {}, signal);
    const body = await received(response.arrayBuffer(), signal);
    const candles = decodeCandles(body);
    if (candles.length !== query.series.length) {
      throw new BadAnswer(`asked for ${query.series.length} series, got ${candles.length}`);
    }
    return candles;
  }

  async points(query: PointQuery, signal?: AbortSignal): Promise<Points[]> {
    const response = await this.get(pointsPath(query), {}, signal);
    const points = decodePoints(await received(response.arrayBuffer(), signal));
    if (points.length !== query.series.length) {
      throw new BadAnswer(`asked for ${query.series.length} series, got ${points.length}`);
    }
    return points;
  }

  async indicators(): Promise<IndicatorInfo[]> {
    return decodeIndicators(await readJson(await this.get("indicators", {})));
  }

  async patterns(): Promise<PatternInfo[]> {
    return decodePatterns(await readJson(await this.get("patterns", {})));
  }

  async detectors(): Promise<DetectorInfo[]> {
    return decodeDetectors(await readJson(await this.get("detectors", {})));
  }

  /** Alerts as far as they are known by now; with the ETag of an answer only what is new since then. */
  async alerts(query: AlertQuery, etag: string, signal?: AbortSignal): Promise<AlertAnswer> {
    const response = await this.get(alertsPath(query), ifNot(etag), signal);
    const progress = decodeProgress(response.headers.get(PROGRESS_HEADER));
    if (await isUnchanged(response, signal)) return { etag, progress, alerts: null };
    const alerts = decodeAlerts(await readJson(response, signal));
    return { etag: etagOf(response), progress, alerts };
  }

  /** How many alerts each run has, or null where that is as it was at that ETag. */
  async alertCounts(lookout: Lookout, etag: string, signal?: AbortSignal): Promise<AlertCountsAnswer | null> {
    const response = await this.get(alertCountsPath(lookout), ifNot(etag), signal);
    if (await isUnchanged(response, signal)) return null;
    return { etag: etagOf(response), ...decodeAlertCounts(await readJson(response, signal)) };
  }

  /**
   * An answer in JSON that has an ETag; null where nothing has changed since the answer of that one.
   * What few widgets ask for is decoded by a function of theirs, which is loaded with them.
   */
  async tagged<Answer>(
    path: string,
    etag: string,
    decode: (answer: unknown) => Answer,
    signal?: AbortSignal,
  ): Promise<Tagged<Answer> | null> {
    const response = await this.get(path, ifNot(etag), signal);
    if (await isUnchanged(response, signal)) return null;
    return { etag: etagOf(response), answer: decode(await readJson(response, signal)) };
  }

  /** The same of one in safetensors. */
  async columns<Answer>(
    path: string,
    etag: string,
    decode: (body: ArrayBuffer) => Answer,
    signal?: AbortSignal,
  ): Promise<Tagged<Answer> | null> {
    const response = await this.get(path, ifNot(etag), signal);
    if (await isUnchanged(response, signal)) return null;
    return { etag: etagOf(response), answer: decode(await received(response.arrayBuffer(), signal)) };
  }

  /** Of what the browser itself fetches: images and downloads. */
  address(path: string): string {
    return new URL(path, this.base).href;
  }

  private async get(path: string, headers: Record<string, string>, signal?: AbortSignal): Promise<Response> {
    const options: RequestInit = { headers, cache: "no-store", ...(signal ? { signal } : {}) };
    const response = await received(this.fetcher(new URL(path, this.base), options), signal);
    if (!response.ok && response.status !== 304) throw await refusal(response);
    return response;
  }
}

const TOKEN_HEADER = "X-Candles-Token";
const START_HEADER = "X-Candles-Start";
const END_HEADER = "X-Candles-End";
const PROGRESS_HEADER = "Candles-Progress";

const ifNot = (etag: string): Record<string, string> => (etag ? { "If-None-Match": etag } : {});

const etagOf = (response: Response): string => response.headers.get("ETag") ?? "";

async function isUnchanged(response: Response, signal?: AbortSignal): Promise<boolean> {
  if (response.status !== 304) return false;
  // Left unread, even an empty body counts as a request that was broken off.
  await received(response.text(), signal);
  return true;
}

/** An answer or its body; whoever sends it may be away, or go before its end. */
async function received<Part>(part: Promise<Part>, signal?: AbortSignal): Promise<Part> {
  try {
    return await part;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable(error instanceof Error ? error.message : String(error));
  }
}

async function readJson(response: Response, signal?: AbortSignal): Promise<unknown> {
  const text = await received(response.text(), signal);
  try {
    return JSON.parse(text);
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
