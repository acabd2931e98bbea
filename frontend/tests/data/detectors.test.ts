import { expect, test } from "vitest";
import type { DetectorInfo } from "../../src/api/registries.ts";
import { detectorTexts, readDetectors } from "../../src/data/detectors.ts";

const info = (name: string, isDefault: boolean): DetectorInfo => ({
  name,
  kind: "spike",
  severity: "warning",
  watches: "losses",
  isDefault,
  parameters: [
    { name: "window", isWhole: true, default: 200, least: 50, most: 5000 },
    { name: "z", isWhole: false, default: 8, least: 0.1, most: 1000 },
  ],
  explanation: "",
});
const REGISTRY = [info("spike", true), info("zclip", false)];

test("without a choice those look that do by default, and nothing is sent", () => {
  const all = readDetectors(null, REGISTRY);
  expect(all.map(({ isOn }) => isOn)).toEqual([true, false]);
  expect(detectorTexts(all)).toBeNull();
});

test("a choice is stored with the numbers that are not as by default, and read back", () => {
  const texts = ["spike:z=10", "zclip"];
  const all = readDetectors(texts, REGISTRY);
  expect(all.map(({ numbers }) => numbers)).toEqual([
    [200, 10],
    [200, 8],
  ]);
  expect(detectorTexts(all)).toEqual(texts);
});

test("with none of them on, none look: that is not the default", () => {
  const off = readDetectors(null, REGISTRY).map((one) => ({ ...one, isOn: false }));
  expect(detectorTexts(off)).toEqual([]);
  expect(readDetectors([], REGISTRY).some(({ isOn }) => isOn)).toBe(false);
});

test("numbers that can't be used become ones that can", () => {
  const [spike] = readDetectors(["spike:z=never:window=1"], REGISTRY);
  expect(spike?.numbers).toEqual([50, 8]);
});
