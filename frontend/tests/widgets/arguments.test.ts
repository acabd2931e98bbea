import { expect, test } from "vitest";
import { argumentsPath, decodeArguments } from "../../src/api/arguments.ts";
import { jsonOf, matching, rowsOf, tableOf } from "../../src/widgets/arguments/rows.ts";
import { readSettings } from "../../src/widgets/arguments/settings.ts";

const RUNS = decodeArguments({
  runs: [
    { run: "a", arguments: { lr10: 0.1, lr9: 1, name: "adam", warm: null }, sources: ["hparams"], of: "a" },
    { run: "b", arguments: { lr10: 0.2, lr9: 1, name: "adam" }, sources: ["config"], of: "." },
    { run: "c", arguments: {}, sources: [], of: null },
  ],
});
const names = (query: string, onlyDifferences: boolean, runs = RUNS) =>
  matching(rowsOf(runs), query, onlyDifferences).map(({ name }) => name);

test("arguments are asked for by the names of runs", () => {
  expect(argumentsPath(["a b", "c&d"])).toBe("arguments?run=a+b&run=c%26d");
});

test("an answer that holds what no argument can be is read as far as it goes", () => {
  const [run] = decodeArguments({ runs: [{ run: "a", arguments: { list: [1], on: false } }] });
  expect([...(run?.values ?? [])]).toEqual([
    ["list", null],
    ["on", false],
  ]);
  expect([run?.sources, run?.of]).toEqual([[], null]);
  expect(decodeArguments("nothing")).toEqual([]);
});

test("each argument of any run has a row, in the order in which people count", () => {
  expect(names("", false)).toEqual(["lr9", "lr10", "name", "warm"]);
});

test("what is not the same everywhere differs, also where one run was given nothing", () => {
  const [a, b] = [RUNS.slice(0, 2), RUNS];
  expect(names("", true, a)).toEqual(["lr10", "warm"]);
  expect(names("", true, b)).toEqual(["lr9", "lr10", "name", "warm"]);
  expect(names("", true, RUNS.slice(0, 1))).toEqual([]);
});

test("null is a value and not the same as none, nor a number as its text", () => {
  const two = decodeArguments({
    runs: [
      { run: "a", arguments: { x: null, y: 1 } },
      { run: "b", arguments: { y: "1" } },
    ],
  });
  expect(names("", true, two)).toEqual(["x", "y"]);
});

test("a search finds names and values, as a regular expression or as text", () => {
  expect(names("^lr", false)).toEqual(["lr9", "lr10"]);
  expect(names("ADAM", false)).toEqual(["name"]);
  expect(names("0.2", true)).toEqual(["lr10"]);
  expect(names("nothing", false)).toEqual([]);
});

test("all arguments are copied as JSON, run by run", () => {
  expect(JSON.parse(jsonOf(RUNS))).toEqual({
    a: { lr10: 0.1, lr9: 1, name: "adam", warm: null },
    b: { lr10: 0.2, lr9: 1, name: "adam" },
    c: {},
  });
});

test("names that mean something to JavaScript are names like others", () => {
  const odd = decodeArguments(JSON.parse('{"runs": [{"run": "__proto__", "arguments": {"__proto__": 1}}]}'));
  expect(rowsOf(odd).map(({ name, values }) => [name, ...values])).toEqual([["__proto__", 1]]);
  expect(jsonOf(odd).replaceAll(/\s/g, "")).toBe('{"__proto__":{"__proto__":1}}');
});

test("the table has a column for each run; what was not given is empty", () => {
  const { columns } = tableOf(RUNS, rowsOf(RUNS));
  expect(columns.map(({ name }) => name)).toEqual(["argument", "a", "b", "c"]);
  expect(columns[2]?.values).toEqual([1, 0.2, "adam", ""]);
});

test("stored settings that can't be used fall back", () => {
  expect(readSettings({ onlyDifferences: 1 })).toEqual({ onlyDifferences: false });
  expect(readSettings({ onlyDifferences: true })).toEqual({ onlyDifferences: true });
});
