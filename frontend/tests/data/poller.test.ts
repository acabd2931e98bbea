import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Runs } from "../../src/api/types.ts";
import { backoffMs, Poller } from "../../src/data/poller.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function pollerOn(answer: () => Promise<Runs | null>, watching?: () => readonly string[]) {
  const seen = { asked: 0, changed: 0, failed: 0 };
  const watched: (readonly string[] | undefined)[] = [];
  const runs = (names?: readonly string[]) => {
    seen.asked += 1;
    watched.push(names);
    return answer();
  };
  const poller = new Poller(
    { runs },
    {
      changed: () => {
        seen.changed += 1;
      },
      reached: () => {},
      failed: () => {
        seen.failed += 1;
      },
    },
    watching,
  );
  return { poller, seen, watched };
}

test("asks often enough for a second to be kept, and reports only what changed", async () => {
  const { poller, seen } = pollerOn(async () => null);
  poller.start();
  await vi.advanceTimersByTimeAsync(4100);
  expect(seen).toEqual({ asked: 11, changed: 0, failed: 0 });
  poller.close();
  await vi.advanceTimersByTimeAsync(5000);
  expect(seen.asked).toBe(11);
});

test("rests while nobody looks and asks at once when somebody does", async () => {
  const { poller, seen } = pollerOn(async () => null);
  poller.start();
  await vi.advanceTimersByTimeAsync(10);
  poller.pause(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(seen.asked).toBe(1);
  poller.pause(false);
  await vi.advanceTimersByTimeAsync(10);
  expect(seen.asked).toBe(2);
});

test("says each time which runs are on the screen", async () => {
  let shown = ["a"];
  const { poller, watched } = pollerOn(
    async () => null,
    () => shown,
  );
  poller.start();
  await vi.advanceTimersByTimeAsync(10);
  shown = ["a", "b"];
  await vi.advanceTimersByTimeAsync(500);
  expect(watched).toEqual([["a"], ["a", "b"]]);
  poller.close();
});

test("asks less often while nobody answers", async () => {
  const { poller, seen } = pollerOn(async () => Promise.reject(new Error("gone")));
  poller.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(seen.failed).toBeLessThan(10);
  expect([1, 2, 3, 9].map(backoffMs)).toEqual([1000, 2000, 4000, 15_000]);
});

test("rests as long as the last answer took", async () => {
  const slow = () => new Promise<null>((resolve) => setTimeout(() => resolve(null), 8000));
  const { poller, seen } = pollerOn(slow);
  poller.start();
  await vi.advanceTimersByTimeAsync(15_900);
  expect(seen.asked).toBe(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(seen.asked).toBe(2);
  poller.close();
});
