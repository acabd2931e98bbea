import { expect, test } from "vitest";
import { controlPath, decodeControl } from "../../src/api/control.ts";
import { golden } from "./golden.ts";

test("what a training tells is read, and what it lacks is not a number", () => {
  const [cnn, old] = decodeControl(golden("control"));
  expect([cnn?.run, cnn?.state, cnn?.heardSecsAgo]).toEqual(["cnn", "running", 1.2]);
  expect(cnn?.status?.obeys).toEqual(["stop", "pause", "resume", "checkpoint", "set"]);
  expect(cnn?.status?.progress).toMatchObject({
    epoch: 2,
    epochs: 10,
    epochsDone: 2.04,
    remainingSecs: 81.9,
  });
  expect(
    cnn?.status?.parameters.map(({ name, value, least, choices }) => [name, value, least, choices]),
  ).toEqual([
    ["lr", 0.1, 0, []],
    ["schedule", "cosine", null, ["cosine", "constant"]],
  ]);
  expect(cnn?.status?.checkpoint).toEqual({ path: "ckpt/2.pt", step: 120, time: 1700000010 });
  expect([old?.state, old?.status, old?.heardSecsAgo, old?.commands]).toEqual([
    "silent",
    null,
    Number.NaN,
    [],
  ]);
});

test("commands come newest first, with what became of them", () => {
  const [cnn] = decodeControl(golden("control"));
  expect(
    cnn?.commands.map(({ command, state, name, value, step }) => [command, state, name, value, step]),
  ).toEqual([
    ["predict", "refused", null, null, Number.NaN],
    ["set", "done", "lr", 0.1, 119],
  ]);
});

test("commands, states and parameters that this tab does not know are left out, and break nothing", () => {
  const status = {
    obeys: ["fly", "stop"],
    parameters: { a: { kind: "matrix", value: 1 }, b: { kind: "int" } },
  };
  const commands = [
    { id: "1", command: "fly", state: "done" },
    { id: "2", command: "stop", state: "dreaming" },
  ];
  const answer = { control: [{ run: "a", state: "flying", status, commands }] };
  const [training] = decodeControl(answer);
  expect(training?.state).toBe("silent");
  expect(training?.status?.obeys).toEqual(["stop"]);
  expect(training?.status?.parameters).toEqual([]);
  expect(training?.commands).toEqual([]);
});

test("runs are asked for by name, whatever is in it", () => {
  expect(controlPath(["a b", "c&run=d"])).toBe("control?run=a+b&run=c%26run%3Dd");
});
