import { expect, test } from "vitest";
import { Client } from "../../src/api/client.ts";
import { BadAnswer } from "../../src/api/errors.ts";

const answering = (answer: unknown) =>
  new Client(new URL("http://host/data/plugin/candles/"), async () => Response.json(answer));

const PERIOD = { name: "period", type: "whole", default: 14, least: 1, most: 500 };

test("indicators come with their parameters and where they are drawn", async () => {
  const atr = {
    name: "atr",
    title: "Average true range",
    place: "pane",
    unit: "metric",
    parameters: [PERIOD],
    outputs: [],
    explanation: "How far it moves.",
    source: "Wilder 1978",
  };
  expect(await answering({ indicators: [atr] }).indicators()).toEqual([
    { ...atr, parameters: [{ name: "period", isWhole: true, default: 14, least: 1, most: 500 }] },
  ]);
});

test("detectors say what they watch and whether they look by default", async () => {
  const spike = { name: "spike", kind: "spike", severity: "warning", watches: "metrics", explanation: "…" };
  const [found] = await answering({
    detectors: [{ ...spike, is_default: true, parameters: [] }],
  }).detectors();
  expect(found).toEqual({ ...spike, isDefault: true, parameters: [] });
});

test("patterns have a title and say what they mean for training", async () => {
  const doji = { name: "doji", title: "Doji", explanation: "It ended where it began." };
  expect(await answering({ patterns: [{ ...doji, source: "Nison 1991" }] }).patterns()).toEqual([doji]);
});

test("an answer without the list is refused", async () => {
  await expect(answering({}).indicators()).rejects.toThrow(BadAnswer);
});
