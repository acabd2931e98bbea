import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import { firstView, type KeptView, keepView, readView } from "../../src/widgets/keptView.ts";

const view = { axis: "steps", from: 10, to: 20 };

test.each([
  null,
  7,
  [],
  {},
  { ...view, axis: 1 },
  { ...view, from: "1" },
  { ...view, to: 10 },
  { ...view, to: null },
])("%j is no view", (stored) => {
  expect(readView(stored)).toBe(null);
});

test("a view is read, without what else was stored", () => {
  expect(readView({ ...view, more: 1 })).toEqual(view);
});

test("a place on one axis is none on another", () => {
  expect(firstView({ axis: "steps", view })).toEqual(view);
  expect(firstView({ axis: "epochs", view })).toBe(null);
  expect(firstView({ axis: "steps", view: null })).toBe(null);
});

test("settings change only when the view does", () => {
  const settings = signal<{ axis: string; view: KeptView | null; other: number }>({
    axis: "steps",
    view: null,
    other: 1,
  });
  const before = settings.value;
  keepView(settings, null);
  expect(settings.value).toBe(before);
  keepView(settings, { from: 10, to: 20 });
  expect(settings.value).toEqual({ axis: "steps", view, other: 1 });
  const kept = settings.value;
  keepView(settings, { from: 10, to: 20 });
  expect(settings.value).toBe(kept);
  keepView(settings, null);
  expect(settings.value.view).toBe(null);
});
