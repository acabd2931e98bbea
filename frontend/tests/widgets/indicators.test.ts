import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import type { Client } from "../../src/api/client.ts";
import type { IndicatorInfo } from "../../src/api/registries.ts";
import { ExtrasModel } from "../../src/widgets/candles/indicators/model.ts";
import { type ExtraSettings, readExtras } from "../../src/widgets/candles/indicators/settings.ts";
import type { Workspace } from "../../src/widgets/workspace.ts";

const ATR: IndicatorInfo = {
  name: "atr",
  title: "Average true range",
  place: "pane",
  parameters: [{ name: "window", default: 14, least: 1, most: 1000, isWhole: true }],
  outputs: [],
  unit: "value",
  explanation: "",
  source: "",
};

/** As a layout that somebody wrote by hand says it: without numbers, or with ones that are not allowed. */
async function modelOf(stored: Readonly<Record<string, unknown>>) {
  const none = async () => [];
  const client = { indicators: async () => [ATR], patterns: none, detectors: none } as unknown as Client;
  const workspace = { client, theme: signal("light"), polarities: signal(new Map()) } as unknown as Workspace;
  const settings = signal<ExtraSettings>(readExtras(stored));
  const extras = new ExtrasModel({ workspace, settings, series: signal([]) });
  await Promise.resolve();
  const [chosen] = extras.chosen.value;
  if (!chosen) throw new Error("no indicator");
  return { extras, settings, chosen };
}

const STORED = [["atr"], ["atr:14"], ["atr:14.2"]];

test.each(STORED)("an indicator stored as %s is removed", async (text) => {
  const { extras, chosen } = await modelOf({ indicators: [text] });
  extras.remove(chosen.text);
  expect(extras.chosen.value).toEqual([]);
});

test.each(STORED)("an indicator stored as %s is hidden, and shown again", async (text) => {
  const { extras, chosen } = await modelOf({ indicators: [text] });
  extras.toggle(chosen);
  expect(extras.isHidden(chosen)).toBe(true);
  extras.toggle(chosen);
  expect(extras.isHidden(chosen)).toBe(false);
});

test.each(STORED)("an indicator stored as %s takes other numbers", async (text) => {
  const { extras, chosen } = await modelOf({ indicators: [text] });
  extras.configure(chosen, [20]);
  expect(extras.chosen.value.map((one) => one.text)).toEqual(["atr:20"]);
});
