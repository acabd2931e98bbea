import type { InternalHorzScaleItem, TickMark } from "lightweight-charts";
import { expect, test } from "vitest";
import { NumericScale } from "../../src/chart/numericScale.ts";

const item = (x: number) => x as unknown as InternalHorzScaleItem;
const label = (scale: NumericScale, x: number) => scale.formatTickmark({ time: item(x) } as TickMark);

test("a label that would be cut at an end of the axis is left out, and not remembered as the whole one", () => {
  const scale = new NumericScale();
  Object.assign(scale, { view: { from: 0, to: 1000 }, plotPx: 300, width: 1, tickUnit: 1 });
  expect([0, 30, 500, 960, 990].map((x) => label(scale, x))).toEqual(["", "30", "500", "960", ""]);
  const cut = scale.cacheKey(item(990));
  scale.view = { from: 0, to: 2000 };
  expect(label(scale, 990)).toBe("990");
  expect(scale.cacheKey(item(990))).not.toBe(cut);
});
