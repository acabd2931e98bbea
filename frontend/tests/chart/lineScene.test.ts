import { expect, test } from "vitest";
import type { LineSeries } from "../../src/chart/lineGeometry.ts";
import { drawScene, type LineScene } from "../../src/chart/lineScene.ts";
import { CROSS_GAP_PX } from "../../src/chart/marks.ts";
import { marginsBelow, PRICE_MARGINS } from "../../src/chart/options.ts";
import { SvgInk } from "../../src/chart/svgInk.ts";
import { CHART_THEMES } from "../../src/chart/theme.ts";

const THEME = CHART_THEMES.light;
const COLOUR = "#123456";

function sceneOf(place: number[], value: number[]): LineScene {
  const nonfinite = Float64Array.from(value, (one) => (Number.isFinite(one) ? 0 : 1));
  const columns = { place: Float64Array.from(place), value: Float64Array.from(value), nonfinite };
  const series: LineSeries = { run: "r", colour: COLOUR, smoothed: null, ...columns };
  const view = { from: 0, to: 1600 };
  const geometry = { view, width: 400, height: 100, ratio: 1, scale: "linear", low: 0, high: 10 } as const;
  const held = { window: view, columns: 400 };
  return { axis: "steps", held, series: [series], highlighted: null, geometry, theme: THEME };
}

/** The lines of a colour, as SVG. */
function linesIn(scene: LineScene, colour: string): string[] {
  const ink = new SvgInk(484, 126, "title");
  drawScene(ink, scene);
  return [...ink.toString().matchAll(/<polyline[^>]*>/g)]
    .map(([line]) => line)
    .filter((line) => line.includes(colour));
}

const widest = (lines: readonly string[]): number =>
  Math.max(...lines.map((line) => Number(/stroke-width="([\d.]+)"/.exec(line)?.[1])));

test("a run of a single point is a dot, which is broader than a line", () => {
  expect(widest(linesIn(sceneOf([800], [5]), COLOUR))).toBeGreaterThanOrEqual(5);
  expect(widest(linesIn(sceneOf([800, 900], [5, 6]), COLOUR))).toBeLessThan(3);
});

test("1,500 points that are not finite are crosses that can be told apart, and one alone stays where it is", () => {
  const steps = Array.from({ length: 1500 }, (_, step) => step);
  const crosses =
    linesIn(
      sceneOf(
        steps,
        steps.map(() => Number.NaN),
      ),
      THEME.nonfinite,
    ).length / 2;
  expect(crosses).toBeGreaterThan(1500 / 4 / CROSS_GAP_PX - 2);
  expect(crosses).toBeLessThanOrEqual(1500 / 4 / CROSS_GAP_PX + 1);
  const [alone] = linesIn(sceneOf([799, 800, 801], [5, Number.NaN, 5]), THEME.nonfinite);
  expect(alone).toContain('points="198,');
});

test("prices leave room for labels above them, and keep the most of a low pane", () => {
  expect(marginsBelow(0, 400)).toEqual(PRICE_MARGINS);
  expect(400 * marginsBelow(3, 400).top).toBeGreaterThan(3 * 22);
  expect(marginsBelow(9, 100).top).toBeLessThan(0.5);
});
