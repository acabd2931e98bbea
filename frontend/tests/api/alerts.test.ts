import { expect, test } from "vitest";
import { alertCountsPath, alertsPath } from "../../src/api/alerts.ts";
import { Client } from "../../src/api/client.ts";
import { BadAnswer } from "../../src/api/errors.ts";

const BASE = new URL("http://host/data/plugin/candles/");
const QUERY = { runs: ["a b"], tags: ["loss"], detectors: null, polarities: [] };

function clientAnswering(...answers: Response[]) {
  const asked: { url: URL; options: RequestInit }[] = [];
  const client = new Client(BASE, async (url, options) => {
    asked.push({ url, options });
    return answers.shift() ?? new Response(null, { status: 500 });
  });
  return { client, asked };
}

const progress = (done: number) =>
  JSON.stringify({ is_complete: done === 20, series_done: done, series_total: 20, alerts: 1 });

test("detectors go by their names and settings, and without any those that look by default do", () => {
  expect(alertsPath(QUERY)).toBe("alerts?run=a+b&tag=loss");
  expect(alertCountsPath({ detectors: null, polarities: [] })).toBe("alerts/counts");
  expect(alertCountsPath({ detectors: ["spike:z=10", "zclip"], polarities: [] })).toBe(
    "alerts/counts?detectors=spike%3Az%3D10%2Czclip",
  );
  const polarities = [
    ["loss", "higher_is_better"],
    ["a&b", "lower_is_better"],
  ] as const;
  expect(alertsPath({ ...QUERY, polarities })).toContain("&higher_is_better=loss&lower_is_better=a%26b");
  expect(alertCountsPath({ detectors: null, polarities })).toContain("higher_is_better=loss&");
});

test("alerts come with how far the looking is, and a value that is not finite is NaN", async () => {
  const alert = { run: "a b", tag: "loss", kind: "non-finite", severity: "critical", value: null };
  const wire = [{ ...alert, first_step: 5, last_step: 9, message: "m", detector: "d(calm=20)" }];
  const headers = { ETag: '"1"', "Candles-Progress": progress(3) };
  const { client, asked } = clientAnswering(
    Response.json(wire, { headers }),
    new Response(null, { status: 304, headers: { "Candles-Progress": progress(20) } }),
  );
  const first = await client.alerts(QUERY, "");
  expect(first.progress).toEqual({ isComplete: false, seriesDone: 3, seriesTotal: 20, alerts: 1 });
  expect(first.alerts?.[0]).toMatchObject({
    kind: "non-finite",
    severity: "critical",
    firstStep: 5,
    lastStep: 9,
  });
  expect(first.alerts?.[0]?.value).toBeNaN();
  const second = await client.alerts(QUERY, first.etag);
  expect(asked[1]?.options.headers).toEqual({ "If-None-Match": '"1"' });
  expect(second).toMatchObject({ etag: '"1"', alerts: null, progress: { isComplete: true } });
});

test("runs are counted with the worst that they have, and those without alerts are left out", async () => {
  const severities = { critical: 0, warning: 2, info: 1 };
  const answer = {
    progress: { is_complete: true },
    runs: [
      { run: "a", count: 3, severities },
      { run: "b", count: 0, severities: { critical: 0, warning: 0, info: 0 } },
    ],
  };
  const { client } = clientAnswering(
    Response.json(answer, { headers: { ETag: '"c"' } }),
    new Response(null, { status: 304 }),
  );
  expect(await client.alertCounts({ detectors: null, polarities: [] }, "")).toEqual({
    etag: '"c"',
    isComplete: true,
    counts: [{ run: "a", count: 3, worst: "warning" }],
  });
  expect(await client.alertCounts({ detectors: null, polarities: [] }, '"c"')).toBeNull();
});

test("what is no list of alerts is refused", async () => {
  const { client } = clientAnswering(Response.json({ alerts: [] }));
  await expect(client.alerts(QUERY, "")).rejects.toThrow(BadAnswer);
});
