import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Refused } from "../../src/api/errors.ts";
import type { CandleQuery, Candles } from "../../src/api/types.ts";
import { CANDLE_COLUMNS } from "../../src/api/types.ts";
import type { Range } from "../../src/base/axis.ts";
import { Feed, type Frame, type Wanted } from "../../src/data/feed.ts";
import { Loader } from "../../src/data/loader.ts";

/** A server whose series reach from 0 to `end`, and which notes what it was asked. */
class Server {
  end = 100_000;
  readonly ends = new Map<string, number>();
  readonly asked: CandleQuery[] = [];
  failure: Error | null = null;

  async candles(query: CandleQuery, signal?: AbortSignal): Promise<Candles[]> {
    this.asked.push(query);
    await new Promise((resolve) => setTimeout(resolve, 20));
    signal?.throwIfAborted();
    if (this.failure) throw this.failure;
    return query.series.map((series) => this.answer(query, series));
  }

  get windows(): CandleQuery[] {
    return this.asked.filter((query) => query.window !== undefined);
  }

  private answer(query: CandleQuery, series: { run: string; tag: string }): Candles {
    const width = query.width ?? this.end;
    const empty = Object.fromEntries(CANDLE_COLUMNS.map((name) => [name, new Float64Array()]));
    return {
      ...series,
      by: query.by,
      width,
      exact: true,
      points: this.end,
      polarity: "lower_is_better",
      unit: null,
      volume: "count",
      extent: { from: 0, to: this.ends.get(series.run) ?? this.end },
      columns: empty as Candles["columns"],
    };
  }
}

function feedOn(server: Server) {
  const seen = {
    frames: [] as Frame[],
    views: [] as Range[],
    rests: [] as (Range | null)[],
    errors: [] as unknown[],
  };
  const feed = new Feed(new Loader(server), {
    moved: (view) => seen.views.push(view),
    rested: (view) => seen.rests.push(view),
    loaded: (frame, view) => {
      seen.frames.push(frame);
      seen.views.push(view);
    },
    failed: (error) => seen.errors.push(error),
    busy: () => {},
  });
  feed.resize(1000);
  return { feed, seen };
}

const settle = () => vi.advanceTimersByTimeAsync(400);
const WANTED: Wanted = {
  series: [{ run: "a", tag: "loss" }],
  axis: "steps",
  stepsPerEpoch: null,
  width: "auto",
  resolution: null,
  version: "1",
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("shows the whole series at first, in candles a few pixels wide", async () => {
  const server = new Server();
  const { feed, seen } = feedOn(server);
  feed.want(WANTED);
  await settle();
  expect(seen.frames).toHaveLength(1);
  expect(seen.frames[0]?.plan.width).toBe(500);
  expect(seen.views.at(-1)?.to).toBeGreaterThanOrEqual(100_000);
});

test("before the size is known only the extent is asked for, and the candles as soon as it is", async () => {
  const server = new Server();
  const { feed, seen } = feedOn(server);
  feed.resize(0);
  await settle();
  feed.want(WANTED);
  await settle();
  expect(server.asked).toHaveLength(1);
  expect(seen.frames).toHaveLength(0);
  feed.resize(800);
  await vi.advanceTimersByTimeAsync(0);
  expect(server.asked).toHaveLength(2);
  await settle();
  expect(seen.frames).toHaveLength(1);
});

test("zooming in fetches finer candles down to single steps, a small pan fetches nothing", async () => {
  const server = new Server();
  const { feed, seen } = feedOn(server);
  feed.want(WANTED);
  await settle();
  feed.look({ from: 50_000, to: 50_200 });
  await settle();
  expect(seen.frames.at(-1)?.plan.width).toBe(1);
  const before = server.asked.length;
  feed.look({ from: 50_020, to: 50_220 });
  await settle();
  expect(server.asked).toHaveLength(before);
});

test("a view is at rest once after a burst of moves, and none when it shows all", async () => {
  const { feed, seen } = feedOn(new Server());
  feed.want(WANTED);
  await settle();
  expect(seen.rests).toEqual([]);
  for (let i = 0; i < 10; i++) feed.look({ from: 50_000 + i, to: 50_200 + i });
  await settle();
  expect(seen.rests).toEqual([{ from: 50_009, to: 50_209 }]);
  feed.fit();
  await settle();
  expect(seen.rests.at(-1)).toBe(null);
});

test("a burst of moves asks for far fewer windows than there were moves", async () => {
  const server = new Server();
  const { feed, seen } = feedOn(server);
  feed.want(WANTED);
  await settle();
  const before = server.windows.length;
  for (let i = 1; i <= 40; i++) {
    feed.look({ from: 1000 * i, to: 100_000 - 1000 * i });
    await vi.advanceTimersByTimeAsync(5);
  }
  await settle();
  expect(server.windows.length - before).toBeLessThanOrEqual(6);
  expect(seen.frames.at(-1)?.plan.window.to).toBeGreaterThanOrEqual(60_000);
});

test("growth leaves a zoomed view where it is and brings the new candles", async () => {
  const server = new Server();
  const { feed, seen } = feedOn(server);
  feed.want(WANTED);
  await settle();
  feed.look({ from: 20_000, to: 30_000 });
  await settle();
  const view = seen.views.at(-1);
  server.end = 120_000;
  feed.want({ ...WANTED, version: "2" });
  await settle();
  expect(seen.views.at(-1)).toEqual(view);
  expect(seen.frames.at(-1)?.extent.to).toBe(120_000);
});

test("growth widens a view of everything", async () => {
  const server = new Server();
  const { feed, seen } = feedOn(server);
  feed.want(WANTED);
  await settle();
  server.end = 300_000;
  feed.want({ ...WANTED, version: "2" });
  await settle();
  expect(seen.views.at(-1)?.to).toBeGreaterThanOrEqual(300_000);
  expect(seen.frames.at(-1)?.plan.width).toBe(2000);
});

test("versions that come faster than answers do not starve the chart", async () => {
  const server = new Server();
  const { feed, seen } = feedOn(server);
  for (let version = 1; version <= 50; version++) {
    feed.want({ ...WANTED, version: String(version) });
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(seen.frames.length).toBeGreaterThan(3);
  await settle();
  expect(server.windows.length).toBeGreaterThan(3);
});

test("an error is told once and a retry asks again", async () => {
  const server = new Server();
  server.failure = new Refused(400, "run a has no epochs");
  const { feed, seen } = feedOn(server);
  feed.want({ ...WANTED, axis: "epochs" });
  await settle();
  expect(seen.errors).toHaveLength(1);
  server.failure = null;
  feed.retry();
  await settle();
  expect(seen.frames).toHaveLength(1);
});

test("another run at the same place on the axis keeps the view", async () => {
  const server = new Server();
  const { feed, seen } = feedOn(server);
  feed.want(WANTED);
  await settle();
  feed.look({ from: 20_000, to: 30_000 });
  await settle();
  feed.want({ ...WANTED, series: [{ run: "b", tag: "loss" }, ...WANTED.series] });
  await settle();
  expect(seen.views.at(-1)).toEqual({ from: 20_000, to: 30_000 });
  expect(seen.frames.at(-1)?.candles.map(({ run }) => run)).toEqual(["b", "a"]);
});

test("going back to a window that was just shown asks for nothing", async () => {
  const server = new Server();
  const { feed } = feedOn(server);
  feed.want(WANTED);
  await settle();
  feed.look({ from: 20_000, to: 30_000 });
  await settle();
  const before = server.asked.length;
  feed.fit();
  await settle();
  expect(server.asked).toHaveLength(before);
});

describe("beside a run that reaches further than the one in focus", () => {
  const BESIDE: Wanted = { ...WANTED, series: [...WANTED.series, { run: "long", tag: "loss" }] };

  async function opened() {
    const server = new Server();
    server.ends.set("long", 1_000_000);
    const { feed, seen } = feedOn(server);
    feed.want(BESIDE);
    await settle();
    return { server, feed, seen };
  }

  test("all of both is shown at first, and by a fit", async () => {
    const { feed, seen } = await opened();
    expect(seen.views.at(-1)?.to).toBeGreaterThan(1_000_000);
    feed.look({ from: 0, to: 900_000 });
    expect(seen.views.at(-1)).toEqual({ from: 0, to: 900_000 });
    feed.fit();
    expect(seen.views.at(-1)?.to).toBeGreaterThan(1_000_000);
  });

  test("a view at the end of the one in focus follows its growth", async () => {
    const { server, feed, seen } = await opened();
    feed.look({ from: 90_000, to: 101_000 });
    await settle();
    server.end = 120_000;
    feed.want({ ...BESIDE, version: "2" });
    await settle();
    const view = seen.views.at(-1);
    expect(view?.to).toBeGreaterThan(120_000);
    expect(view?.from).toBeGreaterThan(100_000);
  });
});

test("an answer for a place one has left is not shown", async () => {
  const server = new Server();
  const { feed, seen } = feedOn(server);
  feed.want(WANTED);
  await settle();
  const frames = seen.frames.length;
  feed.look({ from: 10_000, to: 10_200 });
  await vi.advanceTimersByTimeAsync(75);
  feed.look({ from: 80_000, to: 80_200 });
  await settle();
  const later = seen.frames.slice(frames);
  expect(later.every(({ plan }) => plan.window.from > 50_000)).toBe(true);
});

test("other steps per epoch are another axis: the view starts anew, and the API is told", async () => {
  const server = new Server();
  server.end = 40;
  const { feed, seen } = feedOn(server);
  feed.want({ ...WANTED, axis: "epochs", stepsPerEpoch: 100 });
  await settle();
  server.end = 80;
  feed.want({ ...WANTED, axis: "epochs", stepsPerEpoch: 50 });
  await settle();
  expect(server.asked.map((query) => query.stepsPerEpoch)).toEqual([100, 100, 50, 50]);
  expect(seen.views.at(-1)?.to).toBeGreaterThan(80);
});

const ATR = { indicators: ["atr:14"], patterns: false, polarity: null } as const;

test("an indicator is asked for the series in focus alone, without another look for where the series lie", async () => {
  const server = new Server();
  const { feed, seen } = feedOn(server);
  const series = ["a", "b"].map((run) => ({ run, tag: "loss" }));
  feed.want({ ...WANTED, series });
  await settle();
  const before = server.asked.length;
  feed.want({ ...WANTED, series, extras: { ...ATR, of: "focus" } });
  await settle();
  const asked = server.asked.slice(before);
  expect(asked.map((query) => query.series.map(({ run }) => run))).toEqual([["a"]]);
  expect(asked[0]?.extras?.indicators).toEqual(["atr:14"]);
  expect(seen.frames.at(-1)?.candles.map(({ run }) => run)).toEqual(["a", "b"]);
});

test("candles with an indicator are kept apart from those without, and from those with another", async () => {
  const server = new Server();
  const { feed } = feedOn(server);
  const extras = { ...ATR, of: "all" } as const;
  for (const indicators of [[], ["atr:14"], ["atr:7"], ["atr:14"]]) {
    feed.want({ ...WANTED, extras: { ...extras, indicators } });
    await settle();
  }
  expect(server.windows.map((query) => query.extras?.indicators)).toEqual([[], ["atr:14"], ["atr:7"]]);
});

test("candles are shown where an indicator can't be computed, with the reason", async () => {
  const server = new Server();
  const candles = server.candles.bind(server);
  server.candles = async (query, signal) => {
    if (query.extras) throw new Refused(400, "obv adds up too many candles");
    return candles(query, signal);
  };
  const { feed, seen } = feedOn(server);
  feed.want({ ...WANTED, extras: { ...ATR, of: "focus" } });
  await settle();
  expect(seen.errors).toEqual([]);
  expect(seen.frames.at(-1)?.candles[0]?.extrasRefused).toBe("obv adds up too many candles");
});

test("a view that is aimed at is taken up as soon as another axis is known", async () => {
  const server = new Server();
  const { feed, seen } = feedOn(server);
  feed.want({ ...WANTED, axis: "epochs" });
  await settle();
  feed.want(WANTED);
  feed.aim({ from: 1214.5, to: 1254.5 });
  await settle();
  expect(seen.views.at(-1)).toEqual({ from: 1214.5, to: 1254.5 });
  expect(seen.frames.at(-1)?.plan).toMatchObject({ axis: "steps", width: 1 });
  feed.aim({ from: 5000, to: 5100 });
  expect(seen.views.at(-1)).toEqual({ from: 5000, to: 5100 });
});

test("runs that share each candle's room get wider ones", async () => {
  const server = new Server();
  const { feed, seen } = feedOn(server);
  feed.want({ ...WANTED, sharing: 4 });
  await settle();
  expect(seen.frames.at(-1)?.plan.width).toBe(2000);
  feed.want(WANTED);
  await settle();
  expect(seen.frames.at(-1)?.plan.width).toBe(500);
});

test("what candles depend on is held before every view", async () => {
  const server = new Server();
  const { feed, seen } = feedOn(server);
  feed.want({ ...WANTED, history: 64 });
  await settle();
  for (const from of [50_000, 50_130, 40_000, 90_001]) {
    feed.look({ from, to: from + 40 });
    await settle();
    const { width, window } = seen.frames.at(-1)?.plan ?? { width: 0, window: { from: 0, to: 0 } };
    expect(width).toBe(1);
    expect(window.from).toBeLessThanOrEqual(from - 64);
  }
});

test("what was wished for while another wish failed is asked for, and the failure is not said of it", async () => {
  const server = new Server();
  const { feed, seen } = feedOn(server);
  feed.want(WANTED);
  await settle();
  const candles = server.candles.bind(server);
  server.candles = async (query, signal) => {
    const answer = await candles(query, signal);
    if (query.width === 0.5) throw new Refused(400, "steps come whole");
    return answer;
  };
  feed.look({ from: 50_000, to: 50_200 });
  feed.want({ ...WANTED, width: 0.5 });
  feed.want({ ...WANTED, width: 20 });
  await settle();
  expect(seen.errors).toEqual([]);
  expect(seen.frames.at(-1)?.plan.width).toBe(20);
});

test("a place that is aimed at after an error is gone to", async () => {
  const server = new Server();
  const { feed, seen } = feedOn(server);
  server.failure = new Refused(500, "out of order");
  feed.want(WANTED);
  await settle();
  expect(seen.errors).toHaveLength(1);
  server.failure = null;
  feed.aim({ from: 5000, to: 5100 });
  await settle();
  expect(seen.views.at(-1)).toEqual({ from: 5000, to: 5100 });
});

test("a failure is said though versions come faster than answers", async () => {
  const server = new Server();
  server.failure = new Refused(404, "no such run");
  const { feed, seen } = feedOn(server);
  for (let version = 1; version <= 20; version++) {
    feed.want({ ...WANTED, version: String(version) });
    await vi.advanceTimersByTimeAsync(15);
  }
  expect(seen.errors.length).toBeGreaterThan(5);
  expect(server.asked.length).toBeLessThanOrEqual(20);
});
