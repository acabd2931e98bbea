import { expect, test } from "vitest";
import { naturalOrder } from "../../src/base/naturalOrder.ts";

const ordered = (...names: string[]): string[] => naturalOrder(names, (name) => name);

/** Names that are in order, given in several others. */
function expectOrder(...names: string[]): void {
  expect(ordered(...names.toReversed())).toEqual(names);
  expect(ordered(...names.toSorted())).toEqual(names);
}

test("numbers are ordered by their size", () => {
  expectOrder("run-2", "run-9", "run-10", "run-100");
  expectOrder("a1b2", "a1b10", "a2b1");
});

test("settings are ordered by their value, fractions and exponents, too", () => {
  expectOrder("cnn/lr=0.01/seed=0", "cnn/lr=0.01/seed=1", "cnn/lr=0.03/seed=0", "cnn/lr=0.1/seed=0");
  expectOrder("wd=1e-5", "wd=1e-4", "wd=0.5", "wd=1.25", "wd=1.5", "wd=20");
  expectOrder("x=-2", "x=-1", "x=0", "x=1");
  expectOrder("dropout0.05", "dropout0.1", "dropout0.25");
});

test("numbers of parts are not taken for fractions", () => {
  expectOrder("block1.9.weight", "block1.10.weight", "block2.1.weight");
  expectOrder("layer0.9.bias", "layer0.10.bias");
});

test("what is in a folder stays together, right after what is called as the folder is", () => {
  expectOrder("a", "a/b", "a/c", "a b", "a-b");
});

test("capitals make no difference but between names that are otherwise the same", () => {
  expectOrder("Alpha", "alpha", "Beta");
});

test("any names have one order, whatever they are made of", () => {
  const odd = [
    "",
    "=",
    "==1",
    "1=",
    "🔥",
    "\u202ex",
    "001",
    "1",
    "01",
    "a=1e999",
    "a=1e998",
    "/",
    "//",
    "a/",
    "/a",
  ];
  const once = ordered(...odd);
  expect(once.toSorted()).toEqual(odd.toSorted());
  for (let turn = 0; turn < odd.length; turn++) {
    expect(ordered(...odd.slice(turn), ...odd.slice(0, turn))).toEqual(once);
  }
});
