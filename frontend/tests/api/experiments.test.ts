import { expect, test } from "vitest";
import { decodeExperiments, outputPath } from "../../src/api/experiments.ts";
import { golden } from "./golden.ts";

test("what may be started and what was is read", () => {
  const { experiments, instances } = decodeExperiments(golden("experiments"));
  expect(experiments.map(({ name, mostRunning, resumes }) => [name, mostRunning, resumes])).toEqual([
    ["cnn", 2, true],
  ]);
  expect(experiments[0]?.parameters.map(({ name, kind, isLog }) => [name, kind, isLog])).toEqual([
    ["lr", "float", true],
    ["seed", "int", false],
    ["optimizer", "choice", false],
    ["augment", "bool", false],
    ["note", "text", false],
  ]);
  expect(
    instances.map(({ run, state, exitCode, attempt, endedTime }) => [
      run,
      state,
      exitCode,
      attempt,
      endedTime,
    ]),
  ).toEqual([
    ["cnn/lr=0.01", "failed", 1, 2, 1700000009.5],
    ["cnn/default", "queued", null, 1, Number.NaN],
  ]);
  expect(instances[0]?.parameters.get("augment")).toBe(false);
});

test("the output is asked for from a byte on", () => {
  expect([outputPath("00ff"), outputPath("00ff", 12)]).toEqual([
    "experiments/output?id=00ff",
    "experiments/output?id=00ff&offset=12",
  ]);
});
