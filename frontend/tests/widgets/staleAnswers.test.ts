import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Alert } from "../../src/api/alerts.ts";
import { Client } from "../../src/api/client.ts";
import { Refused } from "../../src/api/errors.ts";
import { AlertModel } from "../../src/widgets/alerts/model.ts";
import { readSettings as readAlertSettings } from "../../src/widgets/alerts/settings.ts";
import { ComparisonModel } from "../../src/widgets/comparison/model.ts";
import { readSettings } from "../../src/widgets/comparison/settings.ts";
import type { Workspace } from "../../src/widgets/workspace.ts";
import { comparisonBody, safetensors } from "../api/wire.ts";
import { runsOf } from "./workspace.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const settle = () => vi.advanceTimersByTimeAsync(50);

/** An answer of `groups` of one group with so many candles. */
function groupsBody(candles: number): ArrayBuffer {
  const names = ["x", "open", "high", "low", "close", "mean", "std_over_runs", "runs"];
  const values = Array.from({ length: candles }, (_, row) => row);
  const columns = Object.fromEntries(names.map((name) => [name, { dtype: "F64" as const, values }]));
  return safetensors(columns, { groups: JSON.stringify([{ group: "0", width: 1 }]) });
}

/** Two runs of one folder, with a tag whose groups the server gives and one whose groups it refuses. */
function compared() {
  const answer = async (url: URL) => {
    const tag = url.searchParams.get("tag") ?? "";
    if (url.pathname === "/comparison")
      return new Response(comparisonBody({ "f/a": { last: 1 }, "f/b": { last: 3 } }, { tag }));
    if (tag === "acc") return Response.json({ error: "too many candles" }, { status: 400 });
    return new Response(groupsBody(2));
  };
  const client = new Client(new URL("http://host/"), answer);
  const runs = runsOf({ "f/a": { loss: 1, acc: 2 }, "f/b": { loss: 1, acc: 2 } });
  const choice = signal({ focus: "f/a", checked: ["f/a", "f/b"], tag: "loss" });
  const workspace = {
    client,
    choice,
    runs: signal(runs),
    version: signal("1"),
    theme: signal("light"),
    polarities: signal(new Map()),
  } as unknown as Workspace;
  const model = new ComparisonModel(workspace, signal(readSettings({ groupBy: "folder" })));
  return { model, show: (tag: string) => (choice.value = { ...choice.value, tag }) };
}

test("candles over groups of one tag do not stand beside the rows of another", async () => {
  const { model, show } = compared();
  const stop = model.follow();
  await settle();
  expect(model.groupCandles.value.map(({ name }) => name)).toEqual(["f"]);
  show("acc");
  await settle();
  expect(model.rows.value?.tag).toBe("acc");
  expect(model.groupCandles.value).toEqual([]);
  stop();
});

test("that groups are refused takes away their pictures, not the table", async () => {
  const { model, show } = compared();
  const stop = model.follow();
  show("acc");
  await settle();
  expect([...(model.rows.value?.columns.last ?? [])]).toEqual([2]);
  expect([model.refusal.value, model.groupRefusal.value]).toEqual([null, "too many candles"]);
  show("loss");
  await settle();
  expect(model.groupRefusal.value).toBe(null);
  stop();
});

test("alerts of former thresholds are not listed where others are refused", async () => {
  const alert = { run: "a", tag: "loss", kind: "spike", severity: "warning", firstStep: 1 } as Alert;
  const progress = { isComplete: true, seriesDone: 1, seriesTotal: 1, alerts: 1 };
  const detectors = signal<readonly string[] | null>(null);
  const none = async () => [];
  const client = {
    indicators: none,
    patterns: none,
    detectors: none,
    alerts: async (query: { readonly detectors: readonly string[] | null }) => {
      if (query.detectors !== null) throw new Refused(400, "z must be above 0");
      return { alerts: [alert], progress, etag: "1" };
    },
  } as unknown as Client;
  const workspace = {
    client,
    detectors,
    choice: signal({ focus: "a", checked: ["a"], tag: "loss" }),
    runs: signal(runsOf({ a: { loss: 1 } })),
    version: signal("1"),
    polarities: signal(new Map()),
  } as unknown as Workspace;
  const model = new AlertModel(workspace, signal(readAlertSettings({})));
  const stop = model.follow();
  await settle();
  expect(model.rows.value).toHaveLength(1);
  detectors.value = ["spike:z=-1"];
  await settle();
  expect([model.rows.value, model.refusal.value]).toEqual([[], "z must be above 0"]);
  detectors.value = null;
  await settle();
  expect(model.rows.value).toHaveLength(1);
  stop();
});
