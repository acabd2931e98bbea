import { expect, test } from "vitest";
import { assignColours, hash, PALETTE } from "../../src/base/colour.ts";

test("the hash is FNV-1a", () => {
  expect(hash("")).toBe(0x811c9dc5);
  expect(hash("a")).toBe(0xe40c292c);
  expect(hash("foobar")).toBe(0xbf9cf968);
});

test("runs differ in colour while there are colours left", () => {
  const names = PALETTE.map((_, i) => `run-${i}`);
  expect(new Set(assignColours(names).values()).size).toBe(PALETTE.length);
});

test("a run that appears recolours no other", () => {
  const before = assignColours(["b", "c"]);
  const after = assignColours(["a", "b", "c"], before);
  expect(after.get("b")).toBe(before.get("b"));
  expect(after.get("c")).toBe(before.get("c"));
  expect(after.size).toBe(3);
});

test("more runs than colours share them evenly", () => {
  const names = Array.from({ length: PALETTE.length * 20 }, (_, i) => `r${i}`);
  const given = [...assignColours(names).values()];
  for (const colour of PALETTE) expect(given.filter((other) => other === colour)).toHaveLength(20);
});

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

test.each(PALETTE)("%s stands out by 3:1 on white and on the dark background", (colour) => {
  const contrast = (other: string) => {
    const [high, low] = [luminance(colour), luminance(other)].sort((a, b) => b - a);
    return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
  };
  expect(contrast("#ffffff")).toBeGreaterThanOrEqual(3);
  expect(contrast("#14171f")).toBeGreaterThanOrEqual(3);
});
