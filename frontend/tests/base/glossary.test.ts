import { expect, test } from "vitest";
import { entryOf, GLOSSARY, search } from "../../src/base/words/glossary/index.ts";

test("a word is found by the name that elements carry", () => {
  expect(entryOf("atr")?.title).toBe("Average true range (ATR)");
  expect(entryOf("no such word")).toBeNull();
});

test("no name stands in two chapters", () => {
  const names = GLOSSARY.flatMap(({ entries }) => Object.keys(entries));
  expect(new Set(names).size).toBe(names.length);
});

test("every word says what it is, what it means in training, and what to do", () => {
  for (const { entries } of GLOSSARY) {
    for (const entry of Object.values(entries)) {
      for (const words of Object.values(entry)) expect(words.length).toBeGreaterThan(2);
    }
  }
});

test("a search looks into the explanations too, in any letter case", () => {
  const found = search("WILDER");
  expect(found.map(({ entries }) => Object.keys(entries))).toEqual([["atr"]]);
  expect(search("  ")).toHaveLength(GLOSSARY.length);
  expect(search("no such words")).toEqual([]);
});
