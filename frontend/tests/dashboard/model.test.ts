import { describe, expect, test } from "vitest";
import { arranged, type Box, grown, inReadingOrder, nudged, overlap } from "../../src/dashboard/arrange.ts";
import {
  activeTab,
  addTab,
  addWidget,
  changeSettings,
  duplicateWidget,
  isSameShape,
  type Layout,
  LayoutError,
  moveTab,
  placeWidgets,
  readLayout,
  removeTab,
  removeWidget,
  renameTab,
  whyFull,
  writeLayout,
} from "../../src/dashboard/model.ts";

const box = (id: string, x: number, y: number, w: number, h: number): Box => ({ id, x, y, w, h });
const places = (boxes: readonly Box[]) => Object.fromEntries(boxes.map(({ id, x, y }) => [id, [x, y]]));

const STORED = {
  version: 1,
  active: 1,
  tabs: [
    { name: "first", widgets: [{ type: "candles", x: 0, y: 0, w: 12, h: 6, settings: { tag: "loss" } }] },
    {
      name: "second",
      widgets: [
        { type: "line", x: 0, y: 0, w: 6, h: 4, settings: {} },
        { type: "from the future", x: 6, y: 0, w: 6, h: 8, settings: { deep: [1, { of: "it" }] } },
      ],
    },
  ],
};

const layout = (): Layout => readLayout(STORED);

const widgetAt = (of: Layout, at: number) => {
  const widget = activeTab(of).widgets[at];
  if (!widget) throw new Error("no such widget");
  return widget;
};

/** Reproducible numbers below `most`. */
function dice(seed: number): (most: number) => number {
  let state = seed + 1;
  return (most) => {
    state = (state * 48271) % 2147483647;
    return state % most;
  };
}

function randomBoxes(roll: (most: number) => number): Box[] {
  return Array.from({ length: 1 + roll(9) }, (_, i) => {
    const w = 1 + roll(12);
    return box(String(i), roll(13 - w), roll(12), w, 1 + roll(5));
  });
}

describe("arranging", () => {
  /** Whether boxes lie in the grid, apart from each other, each on the top or on another. */
  function isSettled(boxes: readonly Box[]): boolean {
    return boxes.every((one) => {
      const others = boxes.filter((other) => other !== one);
      const rests = one.y === 0 || others.some((other) => overlap({ ...one, y: one.y - 1 }, other));
      const isInGrid = one.x >= 0 && one.w >= 1 && one.x + one.w <= 12;
      return rests && isInGrid && !others.some((other) => overlap(one, other));
    });
  }

  test("boxes never overlap, rest on each other, and stay when arranged again", () => {
    for (let seed = 0; seed < 200; seed++) {
      const settled = arranged(randomBoxes(dice(seed)));
      expect(isSettled(settled)).toBe(true);
      expect(arranged(settled)).toEqual(settled);
    }
  });

  test("each random step of the keyboard keeps the boxes whole and in the grid", () => {
    for (let seed = 0; seed < 50; seed++) {
      const roll = dice(seed);
      let boxes = arranged(randomBoxes(roll));
      const [ids, id] = [boxes.map((one) => one.id), String(roll(boxes.length))];
      for (let step = 0; step < 20; step++) {
        const [a, b] = [roll(3) - 1, roll(3) - 1];
        const next = roll(2) ? nudged(boxes, id, a, b) : grown(boxes, id, a, b, { minW: 2, minH: 1 });
        boxes = next ?? boxes;
        expect(isSettled(boxes)).toBe(true);
        expect(boxes.map((one) => one.id)).toEqual(ids);
      }
    }
  });

  test("a box goes down past the one below it, and up again", () => {
    const boxes = [box("a", 0, 0, 6, 2), box("b", 0, 2, 6, 5)];
    const below = nudged(boxes, "a", 0, 1);
    expect(below && places(below)).toEqual({ a: [0, 5], b: [0, 0] });
    const above = below && nudged(below, "a", 0, -1);
    expect(above && places(above)).toEqual({ a: [0, 0], b: [0, 2] });
  });

  test("a box that is pushed over another takes its place", () => {
    const boxes = [box("a", 0, 0, 6, 2), box("b", 6, 0, 6, 2)];
    const right = nudged(boxes, "a", 1, 0);
    expect(right && places(right)).toEqual({ a: [1, 0], b: [6, 2] });
  });

  test("nothing moves out of the grid or below its least size", () => {
    const boxes = [box("a", 0, 0, 12, 3)];
    for (const [dx, dy] of [
      [-1, 0],
      [1, 0],
      [0, -1],
      [0, 1],
    ] as const)
      expect(nudged(boxes, "a", dx, dy)).toBe(null);
    expect(grown(boxes, "a", 1, 0, { minW: 3, minH: 3 })).toBe(null);
    expect(grown(boxes, "a", 0, -1, { minW: 3, minH: 3 })).toBe(null);
    expect(grown(boxes, "a", -1, 1, { minW: 3, minH: 3 })).toEqual([box("a", 0, 0, 11, 4)]);
  });

  test("boxes are read line by line", () => {
    const boxes = [box("c", 0, 2, 1, 1), box("b", 6, 0, 1, 1), box("a", 0, 0, 1, 1)];
    expect(inReadingOrder(boxes).map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });
});

describe("reading a stored layout", () => {
  test("comes back as it was written, unknown kinds and all", () => {
    expect(writeLayout(layout())).toEqual(STORED);
    expect(writeLayout(readLayout(JSON.parse(JSON.stringify(writeLayout(layout())))))).toEqual(STORED);
  });

  test("overlapping widgets are set apart", () => {
    const widgets = [
      { type: "line", x: 0, y: 0, w: 6, h: 4 },
      { type: "candles", x: 3, y: 2, w: 6, h: 4 },
    ];
    const read = activeTab(readLayout({ version: 1, tabs: [{ name: "t", widgets }] })).widgets;
    expect(read.map(({ type, x, y }) => [type, x, y])).toEqual([
      ["line", 0, 0],
      ["candles", 3, 4],
    ]);
  });

  const widget = (changed: object) => ({
    version: 1,
    tabs: [{ name: "t", widgets: [{ type: "line", x: 0, y: 0, w: 6, h: 4, ...changed }] }],
  });

  test.each([
    [null, "not a dashboard"],
    [[], "not a dashboard"],
    ["text", "not a dashboard"],
    [{ version: 1 }, "not a dashboard"],
    [{ version: 2, tabs: [] }, "version 2; this tab reads version 1"],
    [{ version: 1, tabs: [] }, "no tabs"],
    [{ version: 1, tabs: [7] }, "tabs[0] must be an object, got 7"],
    [{ version: 1, tabs: [{}] }, "tabs[0].name must be a text"],
    [{ version: 1, tabs: new Array(51).fill({ name: "" }) }, "more than 50 tabs"],
    // So many that to arrange them, or to look at each, would hold the page up.
    [{ version: 1, tabs: [{ name: "", widgets: new Array(300_000).fill(7) }] }, "more than 200 widgets"],
    [widget({ w: 0 }), "tabs[0].widgets[0].w must be a whole number from 1 to 12, got 0"],
    [widget({ w: 13 }), "widgets[0].w must be"],
    [widget({ x: 7 }), "widgets[0].x must be a whole number from 0 to 6, got 7"],
    [widget({ y: -1 }), "widgets[0].y must be"],
    [widget({ h: 1.5 }), "widgets[0].h must be"],
    [widget({ h: "4" }), "widgets[0].h must be"],
    [widget({ h: Number.NaN }), "widgets[0].h must be"],
    [widget({ type: {} }), "widgets[0].type must be a text"],
    [widget({ settings: [1] }), "widgets[0].settings must be an object"],
  ])("%j is refused with a reason", (value, reason) => {
    expect(() => readLayout(value)).toThrow(LayoutError);
    expect(() => readLayout(value)).toThrow(reason);
  });

  test("an active tab that is not there is the first", () => {
    for (const active of [9, -1, "x", null, undefined, {}]) {
      expect(activeTab(readLayout({ ...STORED, active })).name).toBe("first");
    }
  });
});

describe("widgets", () => {
  test("a new one goes where there is room", () => {
    const { layout: after, id } = addWidget(layout(), { type: "alerts", w: 6, h: 3 });
    const added = activeTab(after).widgets.find((one) => one.id === id);
    expect(added).toMatchObject({ type: "alerts", x: 0, y: 4, w: 6, h: 3 });
  });

  test("a duplicate has the same settings and lies right below", () => {
    const before = layout();
    const copied = duplicateWidget(before, widgetAt(before, 1).id);
    const copy = copied && activeTab(copied.layout).widgets.find(({ id }) => id === copied.id);
    expect(copy).toMatchObject({
      type: "from the future",
      x: 6,
      y: 8,
      w: 6,
      h: 8,
      settings: { deep: [1, { of: "it" }] },
    });
    expect(copied && activeTab(copied.layout).widgets).toHaveLength(3);
  });

  test("a removed one comes back where it was, and later changes stay", () => {
    const before = layout();
    const [first, second] = [widgetAt(before, 0), widgetAt(before, 1)];
    const removed = removeWidget(before, first.id);
    if (!removed) throw new Error("not removed");
    expect(activeTab(removed.layout).widgets).toEqual([second]);
    const meanwhile = changeSettings(removed.layout, second.id, { later: true });
    expect(activeTab(removed.undo(meanwhile)).widgets).toEqual([
      first,
      { ...second, settings: { later: true } },
    ]);
  });

  test("a removed one comes back to the open tab when its own is gone", () => {
    const before = layout();
    const removed = removeWidget(before, widgetAt(before, 0).id);
    const closed = removed && removeTab(removed.layout, before.active);
    expect(
      closed && removed && activeTab(removed.undo(closed.layout)).widgets.map(({ type }) => type),
    ).toEqual(["line", "candles"]);
  });

  test("new places are taken over, and what is not named stays", () => {
    const before = layout();
    const [first, second] = [widgetAt(before, 0), widgetAt(before, 1)];
    const after = placeWidgets(before, before.active, [
      { ...first, x: 6, y: 0 },
      { ...second, y: 4 },
    ]);
    expect(activeTab(after).widgets.map(({ x, y }) => [x, y])).toEqual([
      [6, 0],
      [6, 4],
    ]);
    expect(after.tabs[0]).toBe(before.tabs[0]);
  });

  test("shape is where widgets are, not what they show", () => {
    const before = layout();
    expect(isSameShape(before, layout())).toBe(true);
    expect(isSameShape(before, changeSettings(before, widgetAt(before, 0).id, { tag: "other" }))).toBe(true);
    expect(isSameShape(before, renameTab(before, before.active, "other"))).toBe(false);
  });
});

describe("what is made by hand", () => {
  const again = (made: Layout) => readLayout(JSON.parse(JSON.stringify(writeLayout(made))));

  test("no more tabs and widgets are added than are read again", () => {
    let made = layout();
    while (whyFull(made, "tabs") === null) made = addTab(made, "one more");
    while (whyFull(made, "widgets") === null) made = addWidget(made, { type: "line", w: 6, h: 4 }).layout;
    expect(made.tabs).toHaveLength(50);
    expect(made.tabs.flatMap(({ widgets }) => widgets)).toHaveLength(200);
    expect(isSameShape(again(made), made)).toBe(true);
  });

  test("a widget is pulled no taller than is read again", () => {
    const before = layout();
    const { id: tab, widgets } = activeTab(before);
    const made = placeWidgets(
      before,
      tab,
      widgets.map((one) => ({ ...one, h: 5000 })),
    );
    expect(activeTab(made).widgets.map(({ h }) => h)).toEqual([200, 200]);
    expect(isSameShape(again(made), made)).toBe(true);
  });
});

describe("tabs", () => {
  const names = ({ tabs }: Layout) => tabs.map(({ name }) => name);

  test("are added, renamed and moved", () => {
    const added = addTab(layout(), "third");
    expect(activeTab(added)).toMatchObject({ name: "third", widgets: [] });
    const renamed = renameTab(added, added.active, "  last ");
    expect(names(renamed)).toEqual(["first", "second", "last"]);
    expect(names(renameTab(renamed, added.active, "  "))).toEqual(["first", "second", "last"]);
    expect(names(moveTab(renamed, added.active, 0))).toEqual(["last", "first", "second"]);
    expect(names(moveTab(renamed, added.active, -5))).toEqual(["last", "first", "second"]);
    expect(names(moveTab(renamed, renamed.tabs[0]?.id ?? "", 99))).toEqual(["second", "last", "first"]);
  });

  test("are removed, with a neighbour opened, and come back", () => {
    const before = layout();
    const removed = removeTab(before, before.active);
    if (!removed) throw new Error("not removed");
    expect(names(removed.layout)).toEqual(["first"]);
    expect(activeTab(removed.layout).name).toBe("first");
    expect(removed.undo(removed.layout)).toEqual(before);
    expect(removeTab(removed.layout, removed.layout.active)).toBe(null);
  });
});
