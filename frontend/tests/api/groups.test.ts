import { expect, test } from "vitest";
import { BadAnswer } from "../../src/api/errors.ts";
import { decodeGroups, groupsPath } from "../../src/api/groups.ts";
import { safetensors } from "./wire.ts";

const QUERY = {
  tag: "loss",
  groups: [
    { name: "big", runs: ["a", "b"] },
    { name: "gone", runs: ["c"] },
    { name: "small", runs: ["d"] },
  ],
  limit: 24,
  polarity: null,
};
const NAMES = ["x", "open", "high", "low", "close", "mean", "std_over_runs", "runs"];

function body(items: readonly { group: string; value: number }[], names = NAMES): ArrayBuffer {
  const columns: Parameters<typeof safetensors>[0] = {};
  items.forEach(({ value }, i) => {
    const prefix = items.length === 1 ? "" : `${i}/`;
    for (const name of names) columns[prefix + name] = { dtype: "F64", values: [value] };
  });
  return safetensors(columns, { groups: JSON.stringify(items.map(({ group }) => ({ group, width: 10 }))) });
}

test("groups are asked for by their numbers, whatever they are called", () => {
  expect(groupsPath(QUERY)).toBe(
    "groups?format=safetensors&tag=loss&limit=24&group=0&run=a&group=0&run=b&group=1&run=c&group=2&run=d",
  );
});

test("an answer names groups as the query did, and leaves out those of no runs", () => {
  const found = decodeGroups(
    body([
      { group: "0", value: 1 },
      { group: "2", value: 2 },
    ]),
    QUERY,
  );
  expect(found.map(({ name, width, columns }) => [name, width, ...columns.std_over_runs])).toEqual([
    ["big", 10, 1],
    ["small", 10, 2],
  ]);
  const [only] = decodeGroups(body([{ group: "2", value: 3 }]), QUERY);
  expect([only?.name, ...(only?.columns.mean ?? [])]).toEqual(["small", 3]);
});

test("a group that nobody asked for, or without its columns, is no answer", () => {
  expect(() => decodeGroups(body([{ group: "7", value: 1 }]), QUERY)).toThrow(BadAnswer);
  expect(() => decodeGroups(body([{ group: "0", value: 1 }], ["x"]), QUERY)).toThrow(BadAnswer);
});
