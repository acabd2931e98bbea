import { signal } from "@preact/signals";
import { expect, test, vi } from "vitest";
import { decodeLogs, logsPath, logTextPath, type RunLog } from "../../src/api/logs.ts";
import { lineCount, newLines } from "../../src/base/words/logs.ts";
import {
  gravityOf,
  levelsOf,
  merged,
  pieces,
  tableOf,
  toggled,
  totalOf,
} from "../../src/widgets/logs/lines.ts";
import { LogsModel } from "../../src/widgets/logs/model.ts";
import { type LogsSettings, readSettings } from "../../src/widgets/logs/settings.ts";
import type { Workspace } from "../../src/widgets/workspace.ts";

const log = (run: string, lines: readonly (readonly [time: number, level: string, text: string])[]) => ({
  run,
  total: lines.length + 10,
  levels: { info: 9, error: 1 },
  columns: {
    time: lines.map(([time]) => time),
    step: lines.map((_, i) => i),
    level: lines.map(([, level]) => level),
    message: lines.map(([, , text]) => text),
    cursor: lines.map(() => "c"),
  },
});

const decoded = (...logs: readonly unknown[]): readonly RunLog[] => decodeLogs({ logs, progress: null }).logs;

test("lines are asked for by runs, levels and words", () => {
  const query = { runs: ["a b", "c&d"], levels: ["error", "warning"], search: "nan?", limit: 500 };
  expect(logsPath(query)).toBe("logs?limit=500&search=nan%3F&level=error&level=warning&run=a+b&run=c%26d");
  expect(logsPath({ runs: ["a"], levels: [], search: "", limit: 1 })).toBe("logs?limit=1&run=a");
  expect(logTextPath("a/b c")).toBe("logs/text?run=a%2Fb+c");
});

test("an answer that holds what no log can be is read as far as it goes", () => {
  const odd = { run: "a", total: "x", columns: { time: [null], level: [7], message: [null] } };
  const [run] = decodeLogs({ logs: [odd, 3], progress: { done: 1, total: 2, what: "lines" } }).logs;
  expect(run).toMatchObject({ run: "a", total: 0, level: [""], message: [null] });
  expect(decodeLogs("nothing")).toEqual({ progress: null, logs: [] });
});

test("lines of several runs are told as they were said, and of one time in the order of their run", () => {
  const logs = decoded(
    log("a", [
      [1, "info", "a1"],
      [3, "info", "a3"],
      [3, "error", "a3 again"],
    ]),
    log("b", [
      [2, "info", "b2"],
      [3, "info", "b3"],
    ]),
  );
  expect(merged(logs).map(({ message }) => message)).toEqual(["a1", "b2", "a3", "a3 again", "b3"]);
  expect(totalOf(logs)).toBe(25);
  expect([...levelsOf(logs)]).toEqual([
    ["error", 2],
    ["info", 18],
  ]);
});

test("lines without a time come first, and leave the order of the others alone", () => {
  const none = Number.NaN;
  const of = (run: string, times: readonly number[]) =>
    log(
      run,
      times.map((time, i) => [time, "info", `${run}${i}`]),
    );
  const logs = decoded(of("a", [none, 4, 5, 9]), of("b", [none, none, 1, 2, 6]));
  const order = merged(logs).map(({ message }) => message);
  expect(order).toEqual(["a0", "b0", "b1", "b2", "b3", "a1", "a2", "b4", "a3"]);
});

test("levels of any writer are as grave as what they are called", () => {
  const levels = ["debug", "info", "success", "constructor", "warn", "warning", "error", "fatal"];
  expect(levels.map(gravityOf)).toEqual([
    "low",
    "info",
    "info",
    "info",
    "warning",
    "warning",
    "critical",
    "critical",
  ]);
});

test("a level is hidden and shown again, and with all shown none is asked for", () => {
  const all = ["error", "info", "debug"];
  const withoutDebug = toggled([], "debug", all);
  expect(withoutDebug).toEqual(["error", "info"]);
  expect(toggled(withoutDebug, "debug", all)).toEqual([]);
  expect(toggled(["error"], "error", all)).toEqual([]);
});

test("what was searched for is every second piece, whatever its letters' case", () => {
  expect(pieces("Loss is NaN, nan!", "nan")).toEqual(["Loss is ", "NaN", ", ", "nan", "!"]);
  expect(pieces("nothing", "nan")).toEqual(["nothing"]);
  expect(pieces("any", "")).toEqual(["any"]);
  expect(pieces("İ: nan", "nan")).toEqual(["İ: nan"]);
  for (const text of ["aXbxc", "xx", ""]) expect(pieces(text, "x").join("")).toBe(text);
});

test("the table has a row for each line", () => {
  const { columns } = tableOf(merged(decoded(log("a", [[1, "info", "=cmd"]]))));
  expect(columns.map(({ name, values }) => [name, ...values])).toEqual([
    ["time", 1],
    ["run", "a"],
    ["step", 0],
    ["level", "info"],
    ["message", "=cmd"],
  ]);
});

test("counts are told in words", () => {
  expect([lineCount("1", "1"), lineCount("500", "12,340")]).toEqual([
    "1 line",
    "the last 500 of 12,340 lines",
  ]);
  expect([newLines("1"), newLines("20")]).toEqual(["1 new line", "20 new lines"]);
});

test("stored settings that can't be used fall back", () => {
  expect(readSettings({ levels: "x", search: 3, last: -1 })).toEqual({ levels: [], search: "", last: 500 });
  expect(readSettings({ levels: ["error", 3], search: "nan", last: 1e9 })).toEqual({
    levels: ["error"],
    search: "nan",
    last: 10_000,
  });
  expect(readSettings({ search: "x".repeat(999) }).search).toHaveLength(200);
});

/** A model whose server says one line more with each version. */
async function followed(settings = signal<LogsSettings>(readSettings({}))) {
  const version = signal("1");
  const tagged = vi.fn(async (path: string, _etag: string, decode: (answer: unknown) => unknown) => {
    const count = Number(version.value);
    const lines = Array.from({ length: count }, (_, i) => [i, "info", `${path} ${i}`] as const);
    return { etag: version.value, answer: decode({ logs: [{ ...log("a", lines), total: count }] }) };
  });
  const workspace = {
    client: { tagged },
    version,
    choice: signal({ focus: "a", checked: ["a"], tag: null }),
  } as unknown as Workspace;
  const model = new LogsModel(workspace, settings);
  const stop = model.follow();
  const say = async (count: number) => {
    version.value = String(count);
    await vi.waitFor(() => expect(model.total.value).toBe(count), { timeout: 3000 });
  };
  await say(1);
  return { model, settings, say, stop };
}

test("while somebody reads nothing moves, and what came since is counted", async () => {
  const { model, say, stop } = await followed();
  model.hold();
  await say(4);
  expect([model.lines.value.length, model.fresh.value]).toEqual([1, 3]);
  model.release();
  expect([model.lines.value.length, model.fresh.value]).toEqual([4, 0]);
  stop();
});

test("who asks for something else sees it at once", async () => {
  const { model, settings, say, stop } = await followed();
  model.hold();
  await say(2);
  settings.value = { ...settings.value, search: "nan" };
  expect(model.isHeld.value).toBe(false);
  await vi.waitFor(() => expect(model.lines.value[0]?.message).toContain("search=nan"));
  stop();
});
