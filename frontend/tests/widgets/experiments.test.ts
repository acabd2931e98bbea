import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Client } from "../../src/api/client.ts";
import { Refused } from "../../src/api/errors.ts";
import { ExperimentsModel } from "../../src/widgets/experiments/model.ts";
import { Output } from "../../src/widgets/experiments/output.ts";
import { lastLine } from "../../src/widgets/experiments/printed.ts";
import { Trainings } from "../../src/widgets/trainings.ts";
import type { Workspace } from "../../src/widgets/workspace.ts";
import { golden } from "../api/golden.ts";
import { runsOf } from "./workspace.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const settle = (ms = 50) => vi.advanceTimersByTimeAsync(ms);

function opened(change: (body: object) => Promise<unknown>) {
  let asked = 0;
  const client = new Client(new URL("http://host/"), async () => {
    asked += 1;
    return Response.json(golden("experiments"), { headers: { ETag: "1" } });
  });
  const [isSeen, runs] = [signal(true), signal(runsOf({ other: { loss: 1 } }))];
  const checked: string[] = [];
  const bodies: object[] = [];
  const workspace = {
    client,
    isSeen,
    runs,
    check: (names: readonly string[]) => checked.push(...names),
    rights: {
      config: signal({ launch: true }),
      change: async (right: string, path: string, body: object) => {
        expect([right, path]).toEqual(["launch", "experiments"]);
        bodies.push(body);
        return change(body);
      },
    },
  } as unknown as Workspace;
  const model = new ExperimentsModel(workspace, signal({ experiment: null }));
  return { model, runs, isSeen, checked, bodies, asked: () => asked };
}

test("every second is asked how they are, and not while nobody looks", async () => {
  const { model, isSeen, asked } = opened(async () => ({}));
  const stop = model.follow();
  await settle(3050);
  expect(asked()).toBe(4);
  isSeen.value = false;
  await settle(3000);
  expect(asked()).toBe(4);
  stop();
});

test("runs that were started are checked as soon as they are there", async () => {
  const { model, runs, checked, bodies } = opened(async () => ({ instances: ["12ab12ab12ab12ab"] }));
  const stop = model.follow();
  await settle();
  model.name.value = " mine ";
  model.type("lr", "0.5");
  await model.start();
  expect(bodies).toEqual([
    {
      action: "start",
      experiment: "cnn",
      instances: [
        { name: "mine", parameters: { lr: 0.5, seed: 0, optimizer: "adam", augment: true, note: "a, b" } },
      ],
    },
  ]);
  expect([checked, model.startedNow.value, model.name.value]).toEqual([[], 1, ""]);
  runs.value = runsOf({ other: { loss: 1 }, "cnn/default": { loss: 1 } });
  expect(checked).toEqual(["cnn/default"]);
  runs.value = runsOf({ "cnn/default": { loss: 2 } });
  expect(checked).toEqual(["cnn/default"]);
  stop();
});

test("why nothing was started is said in the server's words", async () => {
  const { model, bodies } = opened(async () => {
    throw new Refused(409, "there is a run cnn/a already");
  });
  const stop = model.follow();
  await settle();
  await model.start();
  expect([model.startProblem.value, model.isSending.value, bodies.length]).toEqual([
    "there is a run cnn/a already",
    false,
    1,
  ]);
  stop();
});

test("going on from the checkpoint and from the start are asked for by the same action", async () => {
  const { model, bodies } = opened(async () => ({}));
  const stop = model.follow();
  await settle();
  const failed = model.instances.value.find(({ state }) => state === "failed");
  if (!failed) throw new Error("no instance");
  await model.act("resume", failed);
  await model.act("restart", failed);
  await model.act("kill", failed);
  expect(bodies).toEqual([
    { action: "restart", instances: [failed.id], from: "checkpoint" },
    { action: "restart", instances: [failed.id], from: "start" },
    { action: "kill", instances: [failed.id] },
  ]);
  stop();
});

/** What a process prints, given out byte by byte as the server does. */
function printing() {
  const printed = { bytes: new Uint8Array() };
  const sizes: number[] = [];
  const client = new Client(new URL("http://host/"), async (url) => {
    const offset = Math.min(Number(url.searchParams.get("offset") ?? 0), printed.bytes.length);
    const end = String(printed.bytes.length);
    const headers = { "X-Candles-Start": String(offset), "X-Candles-End": end, ETag: `"${end}"` };
    sizes.push(printed.bytes.length - offset);
    return new Response(printed.bytes.slice(offset), { headers });
  });
  const isSeen = signal(true);
  const print = (more: string) => {
    printed.bytes = new Uint8Array([...printed.bytes, ...new TextEncoder().encode(more)]);
  };
  return { output: new Output({ client, isSeen }, "00ff"), print, isSeen, sizes };
}

test("the output grows by what is new, letters of several bytes and all", async () => {
  const { output, print } = printing();
  print("épo");
  const stop = output.follow();
  await settle();
  expect(output.text.value).toBe("épo");
  print("que 1 ✓\n");
  await settle(1000);
  expect([output.text.value, output.isCut.value]).toEqual(["époque 1 ✓\n", false]);
  stop();
});

test("of a long output the end is shown, without what a progress bar wrote over", async () => {
  const { output, print } = printing();
  print(`${"x".repeat(200_000)}\n10%\r20%\r30%\r\n\u001b[31mred\u001b[0m`);
  const stop = output.follow();
  await settle();
  expect(output.text.value?.endsWith("x\n30%\nred")).toBe(true);
  const leftOut = "10%\r20%\r\r\u001b[31m\u001b[0m".length;
  expect([output.text.value?.length, output.isCut.value]).toEqual([128 * 1024 - leftOut, true]);
  stop();
});

test.each([
  ["", ""],
  ["\n \n", ""],
  [
    'Traceback:\n  File "train.py"\nRuntimeError: \u001b[31mout of memory\u001b[0m\r\n\n',
    "RuntimeError: out of memory",
  ],
  ["10%\r20%\r30%", "30%"],
])("the last thing said in %j is %j", (printed, said) => expect(lastLine(printed)).toBe(said));

test("what is printed while nobody looks is not asked for then, and later only its end", async () => {
  const { output, print, isSeen, sizes } = printing();
  print("before\n");
  const stop = output.follow();
  await settle();
  isSeen.value = false;
  sizes.length = 0;
  print("x".repeat(1_000_000));
  await settle(5000);
  expect(sizes).toEqual([]);
  isSeen.value = true;
  await settle();
  expect([sizes, output.text.value, output.isCut.value]).toEqual([
    [0, 128 * 1024],
    "x".repeat(128 * 1024),
    true,
  ]);
  stop();
});

test("what a TensorBoard that begins anew refuses at first is asked for again", async () => {
  const answers = [Response.json({ error: "still loading, 0 of 2 files read" }, { status: 404 })];
  const client = new Client(
    new URL("http://host/"),
    async () => answers.shift() ?? Response.json(golden("control"), { headers: { ETag: "1" } }),
  );
  const trainings = new Trainings({ client, isSeen: signal(true) }, signal(["cnn"]));
  const stop = trainings.follow();
  await settle();
  expect(trainings.refusal.value).toBe("still loading, 0 of 2 files read");
  await settle(1000);
  expect([trainings.refusal.value, trainings.of("cnn")?.state]).toEqual([null, "running"]);
  stop();
});
