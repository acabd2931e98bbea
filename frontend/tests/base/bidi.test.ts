import { expect, test } from "vitest";
import { isolated } from "../../src/base/bidi.ts";
import { legend, volumeTitle } from "../../src/base/strings.ts";

test("a name in a sentence is isolated, whatever it opens or closes itself", () => {
  expect(isolated("\u202egnirts")).toBe("\u2068\u202egnirts\u2069");
  expect(isolated("a\u2069\u202eb")).toBe("\u2068a\u202eb\u2069");
  expect(isolated("a\u2067b")).toBe("\u2068a\u2067b\u2069\u2069");
  expect(isolated("a\u2066b\u2069c")).toBe("\u2068a\u2066b\u2069c\u2069");
});

test("names in the legend and in the title of the volume are isolated", () => {
  expect(legend("\u202eloss", "lower_is_better").worse.long).toContain("\u2068\u202eloss\u2069 rose");
  expect(volumeTitle("\u05d0")).toBe("volume: \u2068\u05d0\u2069 (mean)");
  expect(volumeTitle("grad_norm/ünï 日本 🔥")).toBe("volume: grad_norm/ünï 日本 🔥 (mean)");
  expect(volumeTitle("count")).toBe("volume: points per candle");
});
