import { expect, test } from "vitest";
import { argumentsPath, decodeArguments } from "../../src/api/arguments.ts";
import { candlesPath } from "../../src/api/candles.ts";
import { Client } from "../../src/api/client.ts";
import { BadAnswer, Refused, Unreachable } from "../../src/api/errors.ts";
import { candlesBody } from "./wire.ts";

const BASE = new URL("http://host/prefix/data/plugin/candles/");
const ITEM = {
  run: "a b",
  tag: "loss/x",
  by: "steps",
  width: 10,
  points: 5,
  volume: "count",
  extent: [0, 40],
};

function clientAnswering(...answers: Response[]) {
  const asked: { url: URL; options: RequestInit }[] = [];
  const client = new Client(BASE, async (url, options) => {
    asked.push({ url, options });
    return answers.shift() ?? new Response(null, { status: 500 });
  });
  return { client, asked };
}

test("candles are asked for relative to the plugin's base, names encoded", async () => {
  const { client, asked } = clientAnswering(new Response(candlesBody([{ item: ITEM, x: [0, 10] }])));
  const series = [{ run: "a b", tag: "loss/x&y" }];
  await client.candles({ series, by: "steps", width: 10, window: { from: 0, to: 40 }, limit: 100 });
  expect(asked[0]?.url.pathname).toBe("/prefix/data/plugin/candles/candles");
  expect(asked[0]?.url.search).toBe(
    "?format=safetensors&by=steps&run=a+b&tag=loss%2Fx%26y&width=10&start=0&end=40&limit=100",
  );
});

test("steps per epoch are sent where they are given", () => {
  const query = { series: [], by: "epochs", limit: 1 } as const;
  expect(candlesPath({ ...query, stepsPerEpoch: 45 })).toContain("&steps_per_epoch=45&");
  expect(candlesPath({ ...query, stepsPerEpoch: null })).not.toContain("steps_per_epoch");
});

test("indicators and patterns are sent where they are wanted, and come with the candles", async () => {
  const query = { series: [{ run: "a", tag: "loss" }], by: "steps", limit: 1 } as const;
  const extras = { indicators: ["atr:14", "bollinger:20:2"], patterns: true, polarity: null };
  expect(candlesPath({ ...query, extras })).toContain(
    "&indicators=atr%3A14%2Cbollinger%3A20%3A2&patterns=all&limit=1",
  );
  const pattern = { name: "doji", title: "Doji", direction: "neutral", x: 10, first_x: 10 };
  const item = { ...ITEM, patterns: [{ ...pattern, first_step: 10, last_step: 19 }] };
  const body = candlesBody(
    [
      { item, x: [0, 10] },
      { item: ITEM, x: [0] },
    ],
    { "0/atr(14)": [NaN, 2] },
  );
  const { client } = clientAnswering(new Response(body));
  const [first, second] = await client.candles({ ...query, series: [...query.series, ...query.series] });
  expect(first?.indicators).toEqual(new Map([["atr(14)", Float64Array.of(NaN, 2)]]));
  expect(second?.indicators?.size).toBe(0);
  expect(first?.patterns?.[0]).toMatchObject({ title: "Doji", x: 10, firstStep: 10, lastStep: 19 });
});

test("one series has plain column names and several have their index before them", async () => {
  const { client } = clientAnswering(
    new Response(candlesBody([{ item: ITEM, x: [0, 10] }])),
    new Response(
      candlesBody([
        { item: ITEM, x: [0] },
        { item: { ...ITEM, run: "b", exact: false }, x: [0, 10, 20] },
      ]),
    ),
  );
  const one = await client.candles({ series: [{ run: "a b", tag: "loss/x" }], by: "steps", limit: 1 });
  expect([...(one[0]?.columns.x ?? [])]).toEqual([0, 10]);
  expect(one[0]?.extent).toEqual({ from: 0, to: 40 });
  const two = await client.candles({
    series: [one[0], one[0]].map(() => ({ run: "", tag: "" })),
    by: "steps",
    limit: 1,
  });
  expect(two.map(({ exact }) => exact)).toEqual([true, false]);
  expect([...(two[1]?.columns.close ?? [])]).toEqual([0, 1, 2]);
});

test("an answer for fewer series than were asked for is refused", async () => {
  const { client } = clientAnswering(new Response(candlesBody([{ item: ITEM, x: [0] }])));
  const series = [
    { run: "a", tag: "t" },
    { run: "b", tag: "t" },
  ];
  await expect(client.candles({ series, by: "steps", limit: 1 })).rejects.toThrow(BadAnswer);
});

test("the API's own words come through and anything else is a server that is not there", async () => {
  const { client } = clientAnswering(
    Response.json({ error: "run a has no epochs: log one with tracker.epoch()" }, { status: 400 }),
    new Response("<html>Bad gateway</html>", { status: 502 }),
  );
  const query = { series: [{ run: "a", tag: "t" }], by: "epochs", limit: 1 } as const;
  const refused = await client.candles(query).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refused);
  expect((refused as Refused).message).toContain("no epochs");
  await expect(client.candles(query)).rejects.toThrow(Unreachable);
});

test("of runs only what changed is asked for, and missing numbers are NaN", async () => {
  const runs = {
    version: "1",
    exact: false,
    loading: { done: 1, total: 2, bytes_read: 3, bytes_total: 4 },
    problems: [{ run: "a", file: "f", offset: 12, what: "checksum mismatch" }],
    runs: [{ name: "a", tags: [{ tag: "loss", points: 2, first_step: 0, last_step: 1, last_value: null }] }],
  };
  const { client, asked } = clientAnswering(
    Response.json(runs, { headers: { ETag: "e1" } }),
    Response.json({ ...runs, since: "1", runs: [], gone: [] }),
    new Response(null, { status: 304 }),
  );
  const answer = await client.runs();
  expect(answer?.exact).toBe(false);
  expect(answer?.loading.bytesTotal).toBe(4);
  expect(answer?.problems[0]?.offset).toBe(12);
  expect(answer?.runs[0]?.tags[0]?.lastValue).toBeNaN();
  expect(await client.runs()).toBeNull();
  expect(await client.runs(["a", "b & c"])).toBeNull();
  expect(asked.map(({ url }) => url.search)).toEqual([
    "",
    "?since=1",
    "?since=1&watching=a&watching=b+%26+c",
  ]);
  expect(asked[1]?.options.headers).toEqual({ "If-None-Match": "e1" });
});

test("runs that are new, changed or gone are told alone, and take their places among the others", async () => {
  const run = (name: string, points: number) => ({ name, tags: [{ tag: "loss", points }] });
  const { client } = clientAnswering(
    Response.json({ version: "1", runs: [run("a", 1), run("c", 1), run("d", 1)] }),
    Response.json({ version: "2", since: "1", runs: [run("b", 1), run("c", 2)], gone: ["d"] }),
    Response.json({ version: "9", runs: [run("z", 1)] }),
  );
  const named = (runs: Awaited<ReturnType<typeof client.runs>>) =>
    runs?.runs.map(({ name, tags }) => `${name} ${tags[0]?.points}`);
  expect(named(await client.runs())).toEqual(["a 1", "c 1", "d 1"]);
  expect(named(await client.runs())).toEqual(["a 1", "b 1", "c 2"]);
  expect(named(await client.runs())).toEqual(["z 1"]);
});

test("how coarsely a tag was logged is known where its writer made candles", async () => {
  const tags = [{ tag: "loss", resolution: 1000 }, { tag: "lr", resolution: null }, { tag: "old" }];
  const { client } = clientAnswering(Response.json({ runs: [{ name: "a", tags }] }));
  const answer = await client.runs();
  expect(answer?.runs[0]?.tags.map(({ resolution }) => resolution)).toEqual([1000, null, null]);
});

/** An answer whose sender goes after its first bytes. */
const broken = (status = 200): Response =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"runs": ['));
        controller.error(new TypeError("network error"));
      },
    }),
    { status },
  );

test("a server that goes in the middle of an answer is unreachable, and has refused nothing", async () => {
  const candles = { series: [{ run: "a", tag: "loss" }], by: "steps", limit: 1 } as const;
  const lookout = { detectors: null, polarities: [] };
  const asking = [
    (client: Client) => client.runs(),
    (client: Client) => client.candles(candles),
    (client: Client) => client.points(candles),
    (client: Client) => client.alertCounts(lookout, ""),
    (client: Client) => client.tagged(argumentsPath(["a"]), "", decodeArguments),
  ];
  for (const ask of asking) {
    await expect(ask(clientAnswering(broken()).client)).rejects.toBeInstanceOf(Unreachable);
  }
});

test("an answer that nobody waits for any more is broken off, not unreachable", async () => {
  const waiting = new AbortController();
  const { client } = clientAnswering(broken());
  const asked = client.alertCounts({ detectors: null, polarities: [] }, "", waiting.signal);
  waiting.abort();
  await expect(asked).rejects.toBeInstanceOf(TypeError);
});
