import { signal } from "@preact/signals";
import { expect, test, vi } from "vitest";
import { Refused } from "../../src/api/errors.ts";
import { decodeProgressOf, type Progress } from "../../src/api/progress.ts";
import { Analysis } from "../../src/widgets/plot/analysis.ts";
import { HOME, TURNS, turned } from "../../src/widgets/plot/camera.ts";
import { dress, plain } from "../../src/widgets/plot/dress.ts";
import { type Figure, isSpatial, needsWebgl } from "../../src/widgets/plot/figure.ts";
import { figureOf } from "../../src/widgets/plot/handle.ts";
import { paperTheme, plotTheme } from "../../src/widgets/plot/theme.ts";
import { afterChange } from "../../src/widgets/plot/view.ts";

const LIGHT = plotTheme("light");

test("names from logs are drawn as they stand: nothing in them is a tag or an entity", () => {
  const figure: Figure = {
    traces: [
      { type: "heatmap", name: "<b>run</b>", x: ["a<br>b", "&lt;"], y: [1, 2], z: [[1, 2]] },
      { type: "scatter", mode: "text", x: [1], y: [2], text: ["<a href='x'>"] },
    ],
    layout: { xaxis: { title: { text: "<i>tag</i>" }, ticktext: ["<s>"] } },
  };
  const { data, layout } = dress(figure, LIGHT, "");
  const found = JSON.stringify([data, layout]);
  expect(found).not.toMatch(/<[a-z/]/);
  expect(found).not.toMatch(/&[a-z]/);
  expect(plain("<b>").replaceAll("\u2060", "")).toBe("<b>");
  expect(plain("one\ntwo")).toBe("one<br>two");
});

test("a legend has room for a picture beside the longest names", () => {
  const name = `begin${"x".repeat(300)}end`;
  const [trace] = dress(
    { traces: [{ type: "scatter", mode: "lines", x: [1], y: [2], name }] },
    LIGHT,
    "",
  ).data;
  expect(trace?.name).toMatch(/^beginx+…x+end$/);
  expect(String(trace?.name)).toHaveLength(40);
});

test("columns of numbers are handed on as they are, and the figure itself is left alone", () => {
  const z = [Float64Array.of(1, Number.NaN)];
  const figure: Figure = { traces: [{ type: "heatmap", z }], layout: { xaxis: { type: "log" } } };
  const before = JSON.stringify(figure);
  const { data, layout } = dress(figure, LIGHT, "");
  const [trace] = data;
  expect(Object(trace?.z)[0]).toBe(z[0]);
  expect(layout.xaxis).toMatchObject({ type: "log", gridcolor: LIGHT.grid });
  expect(JSON.stringify(figure)).toBe(before);
});

test("on paper a figure is black on white, whatever the tab looks like", () => {
  const { layout } = dress({ traces: [] }, paperTheme("dark-safe"), "");
  expect(layout).toMatchObject({ paper_bgcolor: "#ffffff", font: { color: "#222222", size: 14 } });
  expect(paperTheme("dark-safe").better).toBe(plotTheme("light-safe").better);
});

test("a figure says whether it needs WebGL, and whether it can be turned", () => {
  const surface: Figure = { traces: [{ type: "surface", x: [0, 1], y: [0], z: [[1, 2]] }] };
  const parallel: Figure = { traces: [{ type: "parcoords", dimensions: [] }] };
  const flat: Figure = { traces: [{ type: "contour", z: [[1, 2]] }] };
  expect([surface, parallel, flat].map(needsWebgl)).toEqual([true, true, false]);
  expect([surface, parallel, flat].map(isSpatial)).toEqual([true, false, false]);
});

test("a figure is made once for each theme, however many look at it", () => {
  const draw = vi.fn((): Figure => ({ traces: [] }));
  expect(figureOf(draw, "light")).toBe(figureOf(draw, "light"));
  figureOf(draw, "dark");
  expect(draw).toHaveBeenCalledTimes(2);
});

test("keys turn the camera around what it looks at, at the same distance, and bring it nearer", () => {
  const away = ({ eye, center }: typeof HOME) =>
    Math.hypot(eye.x - (center?.x ?? 0), eye.y - (center?.y ?? 0), eye.z - (center?.z ?? 0));
  const turn = (key: string) => turned(HOME, TURNS[key] as object);
  expect(away(turn("ArrowLeft"))).toBeCloseTo(away(HOME), 12);
  expect(away(turn("+"))).toBeCloseTo(away(HOME) / 1.2, 12);
  expect(turn("ArrowUp").eye.z).toBeGreaterThan(HOME.eye.z);
  const round = Array.from({ length: 32 }).reduce<typeof HOME>(
    (now) => turned(now, { aroundRad: Math.PI / 16 }),
    HOME,
  );
  expect(round.eye.x).toBeCloseTo(HOME.eye.x, 9);
  expect(round.eye.y).toBeCloseTo(HOME.eye.y, 9);
});

test("a camera stops before it looks straight down, and before it is inside or out of sight", () => {
  const looks = (turn: object) => turned({ eye: { x: 1, y: 0, z: 0 } }, turn).eye;
  expect(looks({ upRad: 9 }).x).toBeGreaterThan(0);
  expect(looks({ distance: 1e-9 }).x).toBeCloseTo(0.3);
  expect(looks({ distance: 1e9 }).x).toBeCloseTo(8);
});

test("what people made of axes and scenes is kept until they take it back", () => {
  const zoomed = afterChange(
    {},
    { "xaxis.range[0]": 1, "xaxis.range[1]": 2, "yaxis2.range": [3, 4], width: 5 },
  );
  expect(zoomed).toEqual({ xaxis: { range: [1, 2] }, yaxis2: { range: [3, 4] } });
  const turnedToo = afterChange(zoomed, { "scene2.camera": HOME });
  expect(afterChange(turnedToo, { "xaxis.autorange": true, "yaxis2.autorange": true })).toEqual({
    scene2: { camera: HOME },
  });
});

test("how far the server is comes from anybody's answer", () => {
  expect(decodeProgressOf({ progress: { done: 3, total: 10, what: "b" } })).toEqual({
    done: 3,
    total: 10,
    what: "b",
  });
  expect(decodeProgressOf({ progress: null })).toBeNull();
  expect(decodeProgressOf([1])).toBeNull();
});

interface Found {
  readonly of: string;
  readonly progress: Progress | null;
}

function following(reply: (query: string) => Promise<Found>) {
  const query = signal<string | null>(null);
  const asked: string[] = [];
  const analysis = new Analysis<string, Found>(
    { version: signal("1") },
    () => query.value,
    async (subject) => {
      asked.push(subject);
      return { etag: "", answer: await reply(subject) };
    },
  );
  return { query, asked, analysis, stop: analysis.follow() };
}

test("an analysis is asked again until all of it is computed, and says how far it is", async () => {
  vi.useFakeTimers();
  let left = 2;
  const { query, asked, analysis, stop } = following(async (of) => ({
    of,
    progress: left-- > 0 ? { done: 2 - left, total: 3, what: "" } : null,
  }));
  query.value = "a";
  await vi.advanceTimersByTimeAsync(1);
  expect(analysis.progress.value).toEqual({ done: 1, total: 3, what: "" });
  await vi.advanceTimersByTimeAsync(5000);
  expect(analysis.progress.value).toBeNull();
  expect(asked).toEqual(["a", "a", "a"]);
  stop();
  vi.useRealTimers();
});

test("while another question is open the last answer stays, and is called old", async () => {
  let release: () => void = () => undefined;
  const { query, analysis, stop } = following(async (of) => {
    if (of === "b") {
      await new Promise<void>((done) => {
        release = done;
      });
    }
    return { of, progress: null };
  });
  query.value = "a";
  await vi.waitFor(() => expect(analysis.answer.value?.of).toBe("a"));
  query.value = "b";
  expect([analysis.answer.value?.of, analysis.isOld.value]).toEqual(["a", true]);
  await vi.waitFor(() => release());
  release();
  await vi.waitFor(() => expect([analysis.answer.value?.of, analysis.isOld.value]).toEqual(["b", false]));
  stop();
});

test("what the API refuses is kept in its words", async () => {
  const { query, analysis, stop } = following(async () => {
    throw new Refused(400, "too few points");
  });
  query.value = "a";
  await vi.waitFor(() => expect(analysis.refusal.value).toBe("too few points"));
  expect(analysis.answer.value).toBeNull();
  stop();
});
