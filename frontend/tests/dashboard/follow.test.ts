import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { follow } from "../../src/dashboard/follow.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function following() {
  const [a, b] = [signal(1), signal(10)];
  const taken: number[] = [];
  const made: number[] = [];
  const make = () => {
    made.push(a.value + b.value);
    return a.value + b.value;
  };
  const stop = follow(make, (sum) => taken.push(sum), 250);
  return { a, b, taken, made, stop };
}

test("what is made of signals is taken at once, and anew a while after they changed, however often", () => {
  const { a, b, taken, made } = following();
  expect(taken).toEqual([11]);
  for (let i = 2; i <= 50; i++) a.value = i;
  b.value = 20;
  expect(made).toEqual([11]);
  vi.advanceTimersByTime(250);
  expect(taken).toEqual([11, 70]);
  b.value = 30;
  vi.advanceTimersByTime(250);
  expect(taken).toEqual([11, 70, 80]);
});

test("nothing is made any more once nobody follows", () => {
  const { a, taken, made, stop } = following();
  a.value = 2;
  stop();
  a.value = 3;
  vi.advanceTimersByTime(1000);
  expect([taken, made]).toEqual([[11], [11]]);
});
