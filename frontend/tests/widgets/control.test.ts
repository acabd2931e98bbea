import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Client } from "../../src/api/client.ts";
import type { TrainingProgress } from "../../src/api/control.ts";
import { GaveUp, Refused } from "../../src/api/errors.ts";
import { asArray, asRecord } from "../../src/api/json.ts";
import { ControlModel, isAlive } from "../../src/widgets/control/model.ts";
import { epochShare, epochsOf, percent, wholeShare } from "../../src/widgets/progress/shares.ts";
import type { Workspace } from "../../src/widgets/workspace.ts";
import { golden } from "../api/golden.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const settle = (ms = 50) => vi.advanceTimersByTimeAsync(ms);

function opened(change: (...order: unknown[]) => Promise<unknown>) {
  const asked: string[] = [];
  const answer = { now: golden("control") };
  const client = new Client(new URL("http://host/"), async (url) => {
    asked.push(url.search);
    return Response.json(answer.now, { headers: { ETag: "1" } });
  });
  const choice = signal({ focus: "cnn", checked: ["cnn", "old"], tag: null });
  const workspace = { client, isSeen: signal(true), choice, rights: { change } } as unknown as Workspace;
  const settings = signal<{ run: string | null }>({ run: null });
  return { model: new ControlModel(workspace, settings), settings, choice, asked, answer };
}

test("what is told is the run in focus, or the one that was picked to stay", async () => {
  const { model, settings, choice, asked } = opened(async () => ({}));
  const stop = model.follow();
  await settle();
  expect([model.training.value?.run, isAlive(model.training.value)]).toEqual(["cnn", true]);
  choice.value = { ...choice.value, focus: "old" };
  await settle();
  expect([model.training.value?.run, isAlive(model.training.value)]).toEqual(["old", false]);
  settings.value = { run: "cnn" };
  await settle();
  expect(asked).toEqual(["?run=cnn", "?run=old", "?run=cnn"]);
  stop();
});

test("a command is shown as sent at once, and as the server tells it from then on", async () => {
  let id = "new";
  const { model } = opened(async () => ({ id, state: "sent" }));
  const stop = model.follow();
  await settle();
  const told = () => model.history.value.map(({ command, state }) => [command, state]);
  const known = told();
  expect(await model.send("set", "lr", 0.5)).toBe(true);
  expect(told()).toEqual([["set", "sent"], ...known]);
  id = "34cd34cd34cd34cd"; // that the server tells of
  await model.send("predict");
  expect(told()).toEqual([["set", "sent"], ...known]);
  stop();
});

test("why a command was not sent is said in the server's words, and not where a person gave up", async () => {
  const errors = [new Refused(409, "the training is over"), new GaveUp("no token")];
  const { model } = opened(async () => {
    throw errors.shift();
  });
  expect([await model.send("stop"), model.problem.value]).toEqual([false, "the training is over"]);
  expect([await model.send("stop"), model.problem.value]).toEqual([false, null]);
});

test("why a command was not sent is said of the run that it was for", async () => {
  const { model, settings } = opened(async () => {
    throw new Refused(409, "the training is over");
  });
  await model.send("stop");
  settings.value = { run: "old" };
  expect(model.problem.value).toBe(null);
  settings.value = { run: "cnn" };
  expect(model.problem.value).toBe("the training is over");
});

test("a command that the server no longer tells of, as newer ones came, is not on its way once more", async () => {
  const id = "34cd34cd34cd34cd"; // that the server tells of
  const { model, answer } = opened(async () => ({ id, state: "sent" }));
  const stop = model.follow();
  await model.send("predict");
  await settle(1000);
  expect(model.history.value.some((one) => one.id === id)).toBe(true);
  answer.now = {
    control: asArray(asRecord(answer.now).control).map((one) => ({ ...asRecord(one), commands: [] })),
  };
  await settle(1000);
  expect(model.history.value).toEqual([]);
  stop();
});

test("orders that are given quickly go one after the other, and a double click goes once", async () => {
  const asked: unknown[] = [];
  const release: (() => void)[] = [];
  const { model } = opened((...order: unknown[]) => {
    asked.push(order[2]);
    return new Promise((done) => release.push(() => done({ id: "", state: "sent" })));
  });
  const sent = [
    model.send("checkpoint"),
    model.send("checkpoint"),
    model.send("set", "lr", 1),
    model.send("set", "wd", 1),
  ];
  for (const count of [1, 2, 3]) {
    await settle();
    expect(asked.length).toBe(count);
    release.shift()?.();
  }
  expect(await Promise.all(sent)).toEqual([true, false, true, true]);
  const orders = [
    { command: "checkpoint" },
    { command: "set", name: "lr", value: 1 },
    { command: "set", name: "wd", value: 1 },
  ];
  expect(asked).toEqual(orders.map((order) => ({ run: "cnn", ...order })));
});

const PROGRESS: TrainingProgress = {
  step: 1,
  epoch: 2,
  epochs: 10,
  batch: 40,
  batches: 938,
  epochsDone: 2.04,
  batchesPerSec: 1,
  remainingSecs: 1,
  startedTime: 1,
};

test("shares are those of all epochs and of this one, where it is known how many there are", () => {
  expect([wholeShare(PROGRESS), epochShare(PROGRESS)]).toEqual([2.04 / 10, 40 / 938]);
  expect([
    wholeShare({ ...PROGRESS, epochs: Number.NaN }),
    epochShare({ ...PROGRESS, batches: Number.NaN }),
  ]).toEqual([null, null]);
  expect(wholeShare({ ...PROGRESS, epochsDone: 11 })).toBe(1);
});

test("only what is done is 100 %, or all epochs", () => {
  expect([0, 2.04, 9.999, 10].map(epochsOf)).toEqual(["0.00", "2.04", "9.99", "10.00"]);
  expect([percent(0), percent(0.9999), percent(1), percent(0.29)]).toEqual(["0 %", "99 %", "100 %", "29 %"]);
});
