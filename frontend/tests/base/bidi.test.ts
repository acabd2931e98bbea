import { expect, test } from "vitest";
import { isolated } from "../../src/base/bidi.ts";
import { legend, volumeTitle } from "../../src/base/strings.ts";

test("a name in a sentence is isolated, whatever it opens or closes itself", () => {
  expect(isolated("\u202egnirts")).toBe("\u2068\u202egnirts\u2069");
  expect(isolated("a\u2069\u202eb")).toBe("\u2068a\u202eb\u2069");
  expect(isolated("a\u2067b")).toBe("\u2068a\u2067b\u2069\u2069");
  expect(isolated("a\u2066b\u2069c")).toBe("\u2068a\u2066b\u2069c\u2069");
});

test("the legend names the whole tag, less of it where there is little room, and the end of a long one", () => {
  const short = legend("train/loss", "lower_is_better");
  expect(short.worse.long).toBe("filled, red: train/loss rose within the candle (worse)");
  expect(short.better.short).toBe("loss fell (better)");
  const long = legend(`layers/${"x".repeat(60)}/weight`, "higher_is_better");
  expect(long.better.long).toBe(`hollow, green: …${"x".repeat(32)}/weight rose (better)`);
});

test("names in the legend and in the title of the volume are isolated", () => {
  expect(legend("\u202eloss", "lower_is_better").worse.long).toContain("\u2068\u202eloss\u2069 rose");
  expect(volumeTitle("\u05d0")).toBe("volume: \u2068\u05d0\u2069 (mean)");
  expect(volumeTitle("grad_norm/ünï 日本 🔥")).toBe("volume: grad_norm/ünï 日本 🔥 (mean)");
  expect(volumeTitle("count")).toBe("volume: points per candle");
});
