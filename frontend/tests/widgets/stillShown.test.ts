import { expect, test } from "vitest";
import type { Plan } from "../../src/data/level.ts";
import { oldCandles, oldLines } from "../../src/widgets/stillShown.tsx";

const LOSS = { run: "a", tag: "loss" };
const PLAN: Plan = { axis: "steps", width: 10, window: { from: 0, to: 100 }, refusedWidth: null };
const AUTO = { axis: "steps", width: "auto" } as const;

const bare = (words: string | null) => words?.replaceAll(/[\u2066-\u2069]/g, "") ?? null;

test("candles of another tag, run, width or axis than asked for are named until those come", () => {
  const held = { focus: LOSS, cut: PLAN };
  const named = "a · loss, candles of 10 steps";
  expect(bare(oldCandles(held, { focus: { run: "a", tag: "accuracy" }, cut: AUTO }))).toBe(named);
  expect(bare(oldCandles(held, { focus: { run: "b", tag: "loss" }, cut: AUTO }))).toBe(named);
  expect(bare(oldCandles(held, { focus: LOSS, cut: { ...AUTO, width: 5 } }))).toBe(named);
  expect(bare(oldCandles(held, { focus: LOSS, cut: { ...AUTO, axis: "epochs" } }))).toBe(named);
});

test("candles as asked for, or as near as can be, are not old", () => {
  const held = { focus: LOSS, cut: PLAN };
  expect(oldCandles(held, { focus: { ...LOSS }, cut: AUTO })).toBeNull();
  expect(oldCandles(held, { focus: LOSS, cut: { ...AUTO, width: 10 } })).toBeNull();
  const wider = { focus: LOSS, cut: { ...PLAN, refusedWidth: 2 } };
  expect(oldCandles(wider, { focus: LOSS, cut: { ...AUTO, width: 2 } })).toBeNull();
});

test("where nothing is drawn or nothing asked for there is nothing old", () => {
  expect(oldCandles({ focus: undefined, cut: PLAN }, { focus: LOSS, cut: AUTO })).toBeNull();
  expect(oldLines({ focus: LOSS, cut: "steps" }, { focus: undefined, cut: "steps" })).toBeNull();
});

test("lines of another series or axis than asked for are named", () => {
  const held = { focus: LOSS, cut: "steps" } as const;
  expect(oldLines(held, { focus: LOSS, cut: "steps" })).toBeNull();
  expect(bare(oldLines(held, { focus: { run: "a", tag: "lr" }, cut: "steps" }))).toBe("a · loss");
  expect(bare(oldLines(held, { focus: LOSS, cut: "wall_time" }))).toBe("a · loss");
});
