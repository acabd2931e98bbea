import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { busyUntilPainted } from "../../src/widgets/busy.ts";

let frames: (() => void)[] = [];
const paint = () => {
  for (const frame of frames.splice(0)) frame();
};

beforeEach(() => {
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (frame: () => void) => frames.push(frame));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a chart is busy at once, and until what was loaded is on screen", () => {
  const busy = signal(false);
  const loading = busyUntilPainted(busy);
  loading(true);
  expect(busy.value).toBe(true);
  loading(false);
  expect(busy.value).toBe(true);
  paint();
  expect(busy.value).toBe(false);
});

test("a chart that loads again before the screen is painted stays busy", () => {
  const busy = signal(false);
  const loading = busyUntilPainted(busy);
  loading(true);
  loading(false);
  loading(true);
  paint();
  expect(busy.value).toBe(true);
  loading(false);
  paint();
  expect(busy.value).toBe(false);
});
