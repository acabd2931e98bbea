import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Refused, Unreachable } from "../../src/api/errors.ts";
import { Latest, type Reply } from "../../src/data/latest.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A server whose answers come when the test says so. */
class Server {
  readonly asked: { subject: string; etag: string; signal: AbortSignal }[] = [];
  readonly got: string[] = [];
  readonly errors: unknown[] = [];
  readonly latest: Latest<string, string>;
  private readonly settle: {
    resolve: (reply: Reply<string> | null) => void;
    reject: (e: unknown) => void;
  }[] = [];

  constructor() {
    this.latest = new Latest<string, string>(
      (subject, etag, signal) => {
        this.asked.push({ subject, etag, signal });
        return new Promise((resolve, reject) => this.settle.push({ resolve, reject }));
      },
      { answered: (answer) => this.got.push(answer), failed: (error) => this.errors.push(error) },
    );
  }

  async answer(i: number, answer: string | null, isComplete = true): Promise<void> {
    this.settle[i]?.resolve(answer === null ? null : { answer, isComplete, etag: `of ${answer}` });
    await vi.advanceTimersByTimeAsync(1);
  }

  async fail(i: number, error: unknown): Promise<void> {
    this.settle[i]?.reject(error);
    await vi.advanceTimersByTimeAsync(0);
  }

  get subjects(): string[] {
    return this.asked.map(({ subject }) => subject);
  }
}

test("a question is asked once, and again for each version that comes", async () => {
  const server = new Server();
  server.latest.want({ subject: "a", version: "1" });
  server.latest.want({ subject: "a", version: "1" });
  await server.answer(0, "first");
  server.latest.want({ subject: "a", version: "1" });
  expect(server.subjects).toEqual(["a"]);
  server.latest.want({ subject: "a", version: "2" });
  await server.answer(1, "second");
  expect([server.subjects, server.got]).toEqual([
    ["a", "a"],
    ["first", "second"],
  ]);
  expect(server.asked.map(({ etag }) => etag)).toEqual(["", "of first"]);
});

test("versions that come faster than answers break off none of them", async () => {
  const server = new Server();
  for (const version of ["1", "2", "3"]) server.latest.want({ subject: "a", version });
  expect(server.asked).toHaveLength(1);
  await server.answer(0, "first");
  expect(server.got).toEqual(["first"]);
  expect(server.asked).toHaveLength(2);
  await server.answer(1, "latest");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.asked).toHaveLength(2);
});

test("another subject breaks off the request on its way, whose answer is never shown", async () => {
  const server = new Server();
  server.latest.want({ subject: "a", version: "1" });
  server.latest.want({ subject: "b", version: "1" });
  expect(server.asked[0]?.signal.aborted).toBe(true);
  await server.answer(0, "of a");
  await server.answer(1, "of b");
  expect(server.got).toEqual(["of b"]);
});

test("an answer that is not complete is asked for again, also when it did not change yet", async () => {
  const server = new Server();
  server.latest.want({ subject: "a", version: "1" });
  await server.answer(0, "half", false);
  await vi.advanceTimersByTimeAsync(1000);
  await server.answer(1, null);
  await vi.advanceTimersByTimeAsync(1000);
  await server.answer(2, "whole");
  await vi.advanceTimersByTimeAsync(60_000);
  expect([server.got, server.asked.length]).toEqual([["half", "whole"], 3]);
});

test("after an answer that took long the server rests as long", async () => {
  const server = new Server();
  server.latest.want({ subject: "a", version: "1" });
  await vi.advanceTimersByTimeAsync(4000);
  server.latest.want({ subject: "a", version: "2" });
  await server.answer(0, "slow");
  await vi.advanceTimersByTimeAsync(3900);
  server.latest.want({ subject: "a", version: "3" });
  expect(server.asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(server.asked).toHaveLength(2);
});

test("a server that is gone is asked again by and by, one that refuses only when the data change", async () => {
  const server = new Server();
  server.latest.want({ subject: "a", version: "1" });
  await server.fail(0, new Unreachable("gone"));
  await vi.advanceTimersByTimeAsync(2000);
  expect(server.asked).toHaveLength(2);
  await server.fail(1, new Refused(404, "no such tag"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.asked).toHaveLength(2);
  server.latest.want({ subject: "a", version: "2" });
  expect(server.asked).toHaveLength(3);
  expect(server.errors).toHaveLength(2);
});

test("closed, it asks no more", async () => {
  const server = new Server();
  server.latest.want({ subject: "a", version: "1" });
  server.latest.close();
  await server.answer(0, "late");
  await vi.advanceTimersByTimeAsync(60_000);
  expect([server.got, server.asked.length]).toEqual([[], 1]);
});

test("an answer that is good for a while is not asked for again with every version", async () => {
  const ask = vi.fn(async () => ({ answer: "", isComplete: true, etag: "" }));
  const latest = new Latest<string, string>(ask, { answered: () => {}, failed: () => {} }, 4000);
  for (let second = 0; second < 20; second++) {
    latest.want({ subject: "a", version: String(second) });
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(ask).toHaveBeenCalledTimes(6);
});

test("another subject does not wait for the rest after an answer", async () => {
  const ask = vi.fn(async () => ({ answer: "", isComplete: true, etag: "" }));
  const latest = new Latest<string, string>(ask, { answered: () => {}, failed: () => {} }, 4000);
  latest.want({ subject: "a", version: "1" });
  await vi.advanceTimersByTimeAsync(10);
  latest.want({ subject: "b", version: "1" });
  expect(ask).toHaveBeenCalledTimes(2);
});

test("after a refusal the whole answer is asked for again, for whoever let go of it", async () => {
  const server = new Server();
  server.latest.want({ subject: "a", version: "1" });
  await server.answer(0, "first");
  server.latest.want({ subject: "a", version: "2" });
  await server.fail(1, new Refused(404, "gone for now"));
  server.latest.want({ subject: "a", version: "3" });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(server.asked.map(({ etag }) => etag)).toEqual(["", "of first", ""]);
});

test("what changes without any new data is asked for again after each answer, and by and by after a refusal", async () => {
  const answers = ["first", new Refused(404, "not yet"), new Refused(404, "not yet"), "second", "third"];
  const askedAtMs: number[] = [];
  const began = Date.now();
  const ask = async () => {
    askedAtMs.push(Date.now() - began);
    const answer = answers.shift() ?? "";
    if (answer instanceof Refused) throw answer;
    return { answer, isComplete: true, etag: "" };
  };
  const latest = new Latest<string, string>(ask, { answered: () => {}, failed: () => {} }, 1000, true);
  latest.want({ subject: "a", version: "" });
  await vi.advanceTimersByTimeAsync(5500);
  expect(askedAtMs).toEqual([0, 1000, 2000, 4000, 5000]);
});
