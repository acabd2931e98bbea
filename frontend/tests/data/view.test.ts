import { expect, test } from "vitest";
import {
  carriedView,
  clampView,
  fitView,
  followOf,
  grownView,
  panView,
  revealView,
  zoomAbout,
  zoomView,
} from "../../src/data/view.ts";

const EXTENT = { from: 0, to: 1000 };
const GROWN = { from: 0, to: 1100 };

test("a fitted view shows everything and follows all of it", () => {
  const view = fitView(EXTENT, 1);
  expect(view.from).toBeLessThanOrEqual(0);
  expect(view.to).toBeGreaterThanOrEqual(1000);
  expect(followOf(view, EXTENT)).toBe("all");
  expect(grownView(view, EXTENT, GROWN, 1)).toEqual(fitView(GROWN, 1));
});

test("a few epochs fill the chart, and one alone has room beside it", () => {
  expect(fitView({ from: 0, to: 3 }, 1).to).toBeLessThan(3.2);
  expect(fitView({ from: 0, to: 1 }, 1).to).toBeGreaterThan(3);
});

test("a view at the right edge moves along with the growth and keeps its span", () => {
  const view = { from: 800, to: 1010 };
  const grown = grownView(view, EXTENT, GROWN, 1);
  expect(followOf(view, EXTENT)).toBe("edge");
  expect(grown.to).toBeGreaterThan(1100);
  expect(grown.to - grown.from).toBeCloseTo(210);
});

test("a view elsewhere does not move at all", () => {
  const view = { from: 200, to: 400 };
  expect(grownView(view, EXTENT, GROWN, 1)).toBe(view);
});

test("growth that is still in view moves nothing, so that a live chart does not jitter", () => {
  const view = fitView(EXTENT, 1);
  expect(grownView(view, EXTENT, { from: 0, to: 1010 }, 1)).toBe(view);
});

test("a series that was restarted is fitted anew", () => {
  const view = fitView(EXTENT, 1);
  expect(grownView(view, EXTENT, { from: 0, to: 200 }, 1)).toEqual(fitView({ from: 0, to: 200 }, 1));
});

test("a view that shows all of an unchanged series stays as it is", () => {
  const view = { from: -100, to: 1200 };
  expect(grownView(view, EXTENT, EXTENT, 1)).toBe(view);
});

test("zooming keeps the place under the pointer", () => {
  const view = zoomView({ from: 0, to: 100 }, 25, 2);
  expect(view).toEqual({ from: 12.5, to: 62.5 });
  expect((25 - view.from) / 50).toBeCloseTo(0.25);
});

test("zooming keeps a place in view where it is, and else the middle", () => {
  const view = { from: 0, to: 100 };
  expect(zoomAbout(view, 25, 2)).toEqual(zoomView(view, 25, 2));
  for (const place of [null, -1, 100]) expect(zoomAbout(view, place, 2)).toEqual(zoomView(view, 50, 2));
});

test("a clamped view always has some of the series in it", () => {
  for (const from of [-1e6, -300, 0, 900, 5000, 1e6]) {
    const view = clampView({ from, to: from + 300 }, EXTENT, 1);
    expect(view.to).toBeGreaterThan(EXTENT.from);
    expect(view.from).toBeLessThan(EXTENT.to);
    expect(view.to - view.from).toBeCloseTo(300);
  }
});

test("zoom ends at a few single steps on one side and a little beyond everything on the other", () => {
  const near = clampView({ from: 500, to: 500.01 }, EXTENT, 1);
  expect(near.to - near.from).toBeCloseTo(6);
  const far = clampView({ from: -1e9, to: 1e9 }, EXTENT, 1);
  expect(far.to - far.from).toBeLessThan(1400);
});

test("a view moves no further than it takes to show a candle", () => {
  expect(revealView({ from: 0, to: 100 }, { from: 50, to: 60 })).toEqual({ from: 0, to: 100 });
  expect(revealView({ from: 0, to: 100 }, { from: 110, to: 120 })).toEqual({ from: 20, to: 120 });
  expect(revealView({ from: 0, to: 100 }, { from: -10, to: 0 })).toEqual({ from: -10, to: 90 });
});

test("another series keeps the view where it has one to show, and is fitted where not", () => {
  const zoomed = { from: 200, to: 400 };
  expect(carriedView(zoomed, EXTENT, { from: 0, to: 900 }, 1)).toEqual(zoomed);
  const elsewhere = { from: 5000, to: 6000 };
  expect(carriedView(zoomed, EXTENT, elsewhere, 1)).toEqual(fitView(elsewhere, 1));
  expect(carriedView(fitView(EXTENT, 1), EXTENT, GROWN, 1)).toEqual(fitView(GROWN, 1));
  expect(panView(zoomed, 10)).toEqual({ from: 210, to: 410 });
});

test("zoomed out, the whole series stays in sight however often one goes on zooming out, wherever the pointer is", () => {
  for (const anchor of [0, 333, 1000]) {
    let view = fitView(EXTENT, 1);
    for (let click = 0; click < 20; click += 1) {
      view = clampView(zoomView(view, anchor, 0.8), EXTENT, 1);
      expect(view.from).toBeLessThanOrEqual(EXTENT.from);
      expect(view.to).toBeGreaterThanOrEqual(EXTENT.to);
    }
  }
});

test("however far a zoomed view is pushed, half of it stays on the series", () => {
  const left = clampView({ from: -9000, to: -8700 }, EXTENT, 1);
  expect(left).toEqual({ from: -150, to: 150 });
  const right = clampView({ from: 9000, to: 9300 }, EXTENT, 1);
  expect(right).toEqual({ from: 850, to: 1150 });
});
