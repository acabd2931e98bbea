import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BadAnswer, Refused, Unreachable } from "../../src/api/errors.ts";
import { RETRY_MS, refusalOf, Trouble } from "../../src/widgets/trouble.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("what the API said is a refusal, and silence is none", () => {
  expect(refusalOf(new Refused(400, "no such axis"))).toBe("no such axis");
  expect(refusalOf(new BadAnswer("no candles"))).toBe("no candles");
  expect(refusalOf("odd")).toBe("odd");
  expect(refusalOf(new Unreachable("gone"))).toBe(null);
});

test("what was refused is kept, and not asked again", () => {
  const retry = vi.fn();
  const trouble = new Trouble(retry);
  trouble.failed(new Refused(400, "no such axis"));
  vi.advanceTimersByTime(10 * RETRY_MS);
  expect(trouble.refusal.value).toBe("no such axis");
  expect(retry).not.toHaveBeenCalled();
});

test("who gave no answer is asked again, once however often it was silent by then", () => {
  const retry = vi.fn();
  const trouble = new Trouble(retry);
  trouble.failed(new Unreachable("gone"));
  vi.advanceTimersByTime(RETRY_MS / 2);
  trouble.failed(new Unreachable("gone"));
  vi.advanceTimersByTime(RETRY_MS - 1);
  expect(retry).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(retry).toHaveBeenCalledOnce();
  expect(trouble.refusal.value).toBe(null);
});

test("nobody is asked again after the end", () => {
  const retry = vi.fn();
  const trouble = new Trouble(retry);
  trouble.failed(new Unreachable("gone"));
  trouble.close();
  vi.advanceTimersByTime(10 * RETRY_MS);
  expect(retry).not.toHaveBeenCalled();
});

test("a refusal is forgotten as soon as something else is asked for", () => {
  const trouble = new Trouble(() => undefined);
  const [series, settings] = [signal(["a"]), signal({ axis: "steps" })];
  const stop = trouble.follow(series, settings);
  for (const change of [
    () => {
      series.value = ["b"];
    },
    () => {
      settings.value = { axis: "epochs" };
    },
  ]) {
    trouble.failed(new Refused(400, "no"));
    expect(trouble.refusal.value).toBe("no");
    change();
    expect(trouble.refusal.value).toBe(null);
  }
  stop();
  trouble.failed(new Refused(400, "no"));
  series.value = ["c"];
  expect(trouble.refusal.value).toBe("no");
});
