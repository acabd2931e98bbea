import { expect, test } from "vitest";
import { commonFolder } from "../../src/base/commonFolder.ts";

test("names have the folders in common that all of them begin with", () => {
  expect(commonFolder(["sweep/r50/lr=0.1/0", "sweep/r50/lr=0.2/0"])).toBe("sweep/r50/");
  expect(commonFolder(["sweep/a", "sweep/b/c", "sweeps/d"])).toBe("");
  expect(commonFolder(["run-1", "run-2"])).toBe("");
});

test("something is left of every name, and the name of a single run is left alone", () => {
  expect(commonFolder(["a/b/", "a/b/c"])).toBe("a/");
  expect(commonFolder(["a/b"])).toBe("");
  expect(commonFolder([])).toBe("");
});
