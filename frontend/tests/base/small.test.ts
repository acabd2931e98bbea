import { expect, test } from "vitest";
import { isNear } from "../../src/base/axis.ts";
import { compileFilter, nameFilter } from "../../src/base/filter.ts";
import { Lru } from "../../src/base/lru.ts";
import { direction } from "../../src/base/polarity.ts";
import { pointsLong, pointsShort, shownName } from "../../src/base/strings.ts";
import { atSteps } from "../../src/base/words/candleChart.ts";

test("a filter is a regular expression, or plain text where it is not one", () => {
  expect(["lr=0.1", "lr=0.2", "wd=0.1"].filter(nameFilter("^lr"))).toEqual(["lr=0.1", "lr=0.2"]);
  expect(["a(b", "ab"].filter(nameFilter("a(b"))).toEqual(["a(b"]);
  expect(["Loss"].filter(nameFilter(" loss "))).toEqual(["Loss"]);
  expect(["x"].filter(nameFilter(""))).toEqual(["x"]);
});

test("what is no regular expression is told, and a needless backslash is none the worse for it", () => {
  expect(compileFilter("a(b").problem).toBe("Unterminated group");
  expect(compileFilter("[/]").problem).toBeNull();
  expect(compileFilter("/[").problem).toMatch(/character class/);
  expect(compileFilter("lr\\=0").problem).toBeNull();
  expect(compileFilter("lr\\=0").test("LR=0")).toBe(true);
});

test("the cache forgets what was used longest ago", () => {
  const cache = new Lru<number>(2);
  cache.set("a", 1);
  cache.set("b", 2);
  cache.get("a");
  cache.set("c", 3);
  expect([cache.get("a"), cache.get("b"), cache.get("c")]).toEqual([1, undefined, 3]);
});

test("a cache may count what its entries weigh", () => {
  const cache = new Lru<string>(10, (text) => text.length);
  cache.set("a", "1234");
  cache.set("b", "123456");
  expect(cache.size).toBe(2);
  cache.set("a", "12345");
  expect([cache.get("a"), cache.get("b")]).toEqual(["12345", undefined]);
  cache.set("c", "123");
  expect(cache.size).toBe(2);
});

test("red is worse, not up", () => {
  expect(direction(1, 2, "lower_is_better")).toBe("worse");
  expect(direction(1, 2, "higher_is_better")).toBe("better");
  expect(direction(2, 1, "lower_is_better")).toBe("better");
  expect(direction(2, 2, "lower_is_better")).toBe("same");
});

test("ranges that differ by rounding alone are near", () => {
  expect(isNear({ from: 44.3, to: 143.8791946149768 }, { from: 44.3, to: 143.87919461497677 })).toBe(true);
  expect(isNear({ from: 44.3, to: 143.88 }, { from: 44.31, to: 143.88 })).toBe(false);
});

test("one point and one step are said in the singular", () => {
  expect([pointsShort("1"), pointsShort("1k"), pointsLong("1")]).toEqual(["1 pt", "1k pts", "1 point"]);
  expect([atSteps("777", "777"), atSteps("700", "799")]).toEqual(["step 777", "steps 700–799"]);
});

test("a name without letters is said to be none", () => {
  expect(["", " ", "loss"].map(shownName)).toEqual(["(no name)", "(no name)", "loss"]);
});
