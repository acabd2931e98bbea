import { expect, test } from "vitest";
import { cutName } from "../../src/base/cutName.ts";
import { type Grouping, groupPaths, type TreeRow, treeRows } from "../../src/base/nameTree.ts";

const PREFIX: Grouping = { by: "prefix" };

const drawn = (rows: readonly TreeRow[]): string[] =>
  rows.map(
    (row) => `${"  ".repeat(row.level - 1)}${row.label}${row.kind === "group" ? ` ${row.names.length}` : ""}`,
  );

const lines = (
  names: readonly string[],
  grouping: Grouping = PREFIX,
  closed: readonly string[] = [],
): string[] => drawn(treeRows(names, grouping, new Set(closed)));

test("names are grouped by the parts of their paths", () => {
  const names = ["a", "a/x", "a/y/1", "a/y/2", "b/deep/er/1", "b/deep/er/2", "lone/ly"];
  expect(lines(names)).toEqual([
    "a",
    "a/ 3",
    "  x",
    "  y/ 2",
    "    1",
    "    2",
    "b/deep/er/ 2",
    "  1",
    "  2",
    "lone/ly",
  ]);
});

test("what is closed shows nothing of what is in it", () => {
  const names = ["a/x", "a/y/1", "a/y/2", "b"];
  expect(lines(names, PREFIX, ["a/y/"])).toEqual(["a/ 3", "  x", "  y/ 2", "b"]);
  expect(lines(names, PREFIX, ["a/"])).toEqual(["a/ 3", "b"]);
  expect(groupPaths(names, PREFIX)).toEqual(["a/", "a/y/"]);
});

test("groups come in the order of their first names", () => {
  expect(lines(["b/2", "a/1", "b/1", "a/2"])).toEqual(["b/ 2", "  2", "  1", "a/ 2", "  1", "  2"]);
});

test("names are grouped by what the first group of a pattern matched, and whole", () => {
  const names = ["x-seed=1", "y-seed=2", "z-seed=1", "w-seed=2", "plain"];
  expect(lines(names, { by: /seed=(\d)/ })).toEqual([
    "1 2",
    "  x-seed=1",
    "  z-seed=1",
    "2 2",
    "  y-seed=2",
    "  w-seed=2",
    "plain",
  ]);
  expect(lines(["aa1", "aa2"], { by: /a+/ })).toEqual(["aa 2", "  aa1", "  aa2"]);
});

test("a screen reader is told how many brothers a row has, and which of them it is", () => {
  const rows = treeRows(["a/x", "a/y", "b"], PREFIX, new Set());
  expect(rows.map(({ place, siblings }) => [place, siblings])).toEqual([
    [1, 2],
    [1, 2],
    [2, 2],
    [2, 2],
  ]);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
});

test("names that would be paths of nothing are kept as they are", () => {
  const odd = ["/", "//", "a//b", "/a", "a/", "__proto__", "constructor/x", "constructor/y"];
  const names = treeRows(odd, PREFIX, new Set()).flatMap((row) => (row.kind === "name" ? [row.name] : []));
  expect(names.toSorted()).toEqual(odd.toSorted());
});

test("a name is cut before its end, and never within a character", () => {
  expect(cutName("short")).toEqual(["short", ""]);
  expect(cutName("digits/poisoned")).toEqual(["digits", "/poisoned"]);
  expect(cutName("sweep/lr=0.001/seed=17")).toEqual(["sweep/lr=0.001", "/seed=17"]);
  expect(cutName("sweep/lr=0.001/7")).toEqual(["sweep/", "lr=0.001/7"]);
  const family = "👨‍👩‍👧‍👦";
  const [head, tail] = cutName(`many families: ${family.repeat(12)}`);
  expect(tail).toBe(family.repeat(10));
  expect(head.endsWith(family.repeat(2))).toBe(true);
  expect(cutName("\u202eright to left and rather long")[1]).toBe("");
});
