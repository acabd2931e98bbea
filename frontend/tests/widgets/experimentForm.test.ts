import { expect, test } from "vitest";
import { decodeExperiments, type Experiment } from "../../src/api/experiments.ts";
import { planOf, typedOf, usual } from "../../src/widgets/experiments/form.ts";
import { golden } from "../api/golden.ts";

const { experiments, instances } = decodeExperiments(golden("experiments"));
const CNN = experiments[0] as Experiment;
const USUAL = { lr: 0.001, seed: 0, optimizer: "adam", augment: true, note: "a, b" };

const plan = (typed: Readonly<Record<string, string | readonly string[]>>) =>
  planOf(CNN, new Map(Object.entries(typed)));

const problems = (typed: Parameters<typeof plan>[0]) =>
  Object.fromEntries(plan(typed).fields.flatMap(({ name, problem }) => (problem ? [[name, problem]] : [])));

test("a form that nobody touched asks for one run as declared", () => {
  expect(plan({}).runs).toEqual([USUAL]);
});

test("several values of parameters make a run for each pair of them", () => {
  const { runs } = plan({ lr: "0.1, 1e-2", optimizer: ["adam", "sgd"] });
  expect(runs).toEqual([
    { ...USUAL, lr: 0.1 },
    { ...USUAL, lr: 0.1, optimizer: "sgd" },
    { ...USUAL, lr: 0.01 },
    { ...USUAL, lr: 0.01, optimizer: "sgd" },
  ]);
});

test("the same value twice is one run, and a text is one value whatever is in it", () => {
  expect(plan({ lr: "0.1, 0.10", note: "x, y" }).runs).toEqual([{ ...USUAL, lr: 0.1, note: "x, y" }]);
});

test("what can't be used is said where it stands, and nothing is asked for", () => {
  expect(problems({ lr: "0.1, 2" })).toEqual({ lr: "This must be 1e-5 to 1." });
  expect(problems({ lr: "fast" })).toEqual({ lr: "This is no number." });
  expect(problems({ seed: "1.5" })).toEqual({ seed: "This must be a whole number." });
  expect(problems({ seed: "-1" })).toEqual({ seed: "This must be at least 0." });
  expect(problems({ lr: " , " })).toEqual({ lr: "Give at least one value." });
  expect(problems({ optimizer: [] })).toEqual({ optimizer: "Give at least one value." });
  expect(plan({ lr: "0.1, 2" }).runs).toEqual([]);
});

test("more runs than may be started at once are not made", () => {
  const seeds = Array.from({ length: 101 }, (_, seed) => seed).join(",");
  expect([plan({ seed: seeds }).problem, plan({ seed: seeds }).runs]).toEqual([
    "At most 100 runs can be started at once.",
    [],
  ]);
});

test("a copy of a run has its parameters, and the usual ones where it had none", () => {
  const failed = instances[0];
  if (!failed) throw new Error("no instance");
  expect(planOf(CNN, typedOf(CNN, failed)).runs).toEqual([
    { lr: 0.01, seed: 0, optimizer: "sgd", augment: false, note: "a, b" },
  ]);
  const bare = typedOf(CNN, { ...failed, parameters: new Map() });
  expect([...bare]).toEqual(CNN.parameters.map((one) => [one.name, usual(one)]));
});
