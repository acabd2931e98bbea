import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Unreachable } from "../../src/api/errors.ts";
import { Watch } from "../../src/data/watch.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a complete answer is asked for again only after the data has grown, and not at once", async () => {
  const ask = vi.fn(async () => true);
  const watch = new Watch(ask);
  watch.now();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask).toHaveBeenCalledTimes(1);
  for (let second = 0; second < 20; second++) {
    watch.stale();
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(ask.mock.calls.length).toBeGreaterThanOrEqual(5);
  expect(ask.mock.calls.length).toBeLessThanOrEqual(6);
});

test("an answer that is not complete is asked for until it is", async () => {
  const answers = [false, false, true];
  const ask = vi.fn(async () => answers.shift() ?? true);
  new Watch(ask).now();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask).toHaveBeenCalledTimes(3);
});

test("another question breaks off the one before and is asked at once", async () => {
  const signals: AbortSignal[] = [];
  const watch = new Watch(async (signal) => {
    signals.push(signal);
    await new Promise((resolve) => setTimeout(resolve, 500));
    return true;
  });
  watch.now();
  await vi.advanceTimersByTimeAsync(100);
  watch.now();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
});

test("nothing is asked while nobody looks, and what was missed is asked for then", async () => {
  const ask = vi.fn(async () => true);
  const watch = new Watch(ask);
  watch.pause(true);
  watch.now();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ask).not.toHaveBeenCalled();
  watch.pause(false);
  await vi.advanceTimersByTimeAsync(10);
  expect(ask).toHaveBeenCalledTimes(1);
});

test("while nobody answers it asks less and less often", async () => {
  const ask = vi.fn(async () => {
    throw new Unreachable("gone");
  });
  const watch = new Watch(ask);
  watch.now();
  await vi.advanceTimersByTimeAsync(8000);
  expect(ask).toHaveBeenCalledTimes(4);
  watch.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask).toHaveBeenCalledTimes(4);
});
