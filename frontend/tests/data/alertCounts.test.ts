import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AlertCountsAnswer } from "../../src/api/alerts.ts";
import { Refused } from "../../src/api/errors.ts";
import { type AlertCounts, latestCounts } from "../../src/data/alertCounts.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const ANSWER: AlertCountsAnswer = {
  etag: "1",
  isComplete: true,
  counts: [{ run: "a", count: 2, worst: "critical" }],
};

function counting(answer: () => Promise<AlertCountsAnswer | null>) {
  const seen: AlertCounts[] = [];
  const alertCounts = vi.fn(answer);
  return { latest: latestCounts({ alertCounts }, (counts) => seen.push(counts)), seen, alertCounts };
}

test("runs are counted by name", async () => {
  const { latest, seen } = counting(async () => ANSWER);
  latest.want({ subject: { detectors: null, polarities: [] }, version: "1" });
  await vi.advanceTimersByTimeAsync(10);
  expect(seen.at(-1)?.get("a")).toMatchObject({ count: 2, worst: "critical" });
});

test("where no detector looks, nothing is asked and nothing is counted", async () => {
  const { latest, seen, alertCounts } = counting(async () => ANSWER);
  latest.want({ subject: { detectors: [], polarities: [] }, version: "1" });
  await vi.advanceTimersByTimeAsync(10);
  expect([seen.at(-1)?.size, alertCounts.mock.calls.length]).toEqual([0, 0]);
});

test("detectors that the server does not know find nothing", async () => {
  const { latest, seen } = counting(async () => {
    throw new Refused(400, "there is no detector 'x'");
  });
  latest.want({ subject: { detectors: ["x"], polarities: [] }, version: "1" });
  await vi.advanceTimersByTimeAsync(10);
  expect(seen.at(-1)?.size).toBe(0);
});
