import { expect, test } from "vitest";
import { Keeper, parseLayout, readFile, type Shelf } from "../../src/dashboard/keep.ts";
import { linkTo, packView, unpackView, viewIn, withoutView } from "../../src/dashboard/link.ts";
import { addTab, LayoutError, readLayout, writeLayout } from "../../src/dashboard/model.ts";

const layout = readLayout({
  version: 1,
  active: 0,
  tabs: [
    { name: "t", widgets: [{ type: "candles", x: 0, y: 0, w: 12, h: 6, settings: { tag: "loss 🦆" } }] },
  ],
});

class MapShelf implements Shelf {
  readonly items = new Map<string, string>();
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
  removeItem = (key: string) => void this.items.delete(key);
}

const forbidding: Shelf = {
  getItem: () => {
    throw new DOMException("forbidden", "SecurityError");
  },
  setItem: () => {
    throw new DOMException("full", "QuotaExceededError");
  },
  removeItem: () => {},
};

test("a dashboard is kept for each path", () => {
  const shelf = new MapShelf();
  new Keeper(shelf, "/a/").write(layout);
  const read = new Keeper(shelf, "/a/").read();
  expect(read && writeLayout(read)).toEqual(writeLayout(layout));
  expect(new Keeper(shelf, "/b/").read()).toBe(null);
});

test.each([null, forbidding])("without storage nothing is kept and nothing breaks", (shelf) => {
  const keeper = new Keeper(shelf, "/");
  keeper.write(layout);
  expect(keeper.read()).toBe(null);
  expect(keeper.save("mine", layout)).toBe(false);
  expect(keeper.names()).toEqual([]);
  keeper.setAside();
});

test("what can't be read is set aside before it is overwritten", () => {
  const shelf = new MapShelf();
  const keeper = new Keeper(shelf, "/");
  keeper.write(layout);
  for (const key of shelf.items.keys()) shelf.items.set(key, '{"version": 99, "tabs": []}');
  expect(() => keeper.read()).toThrow(LayoutError);
  keeper.setAside();
  keeper.write(layout);
  expect([...shelf.items.values()]).toContain('{"version": 99, "tabs": []}');
});

test("own layouts are saved under their names, and forgotten", () => {
  const keeper = new Keeper(new MapShelf(), "/");
  expect(keeper.save("two", addTab(layout, "second"))).toBe(true);
  keeper.save("__proto__", layout);
  keeper.save("one", layout);
  expect(keeper.names()).toEqual(["__proto__", "one", "two"]);
  expect(writeLayout(keeper.named("two"))).toEqual(writeLayout(addTab(layout, "second")));
  keeper.forget("two");
  expect(keeper.names()).toEqual(["__proto__", "one"]);
  expect(() => keeper.named("two")).toThrow(LayoutError);
});

test("an own layout is put back as it was, whether or not it can be read", () => {
  const shelf = new MapShelf();
  const keeper = new Keeper(shelf, "/");
  keeper.save("mine", layout);
  for (const key of shelf.items.keys()) shelf.items.set(key, '{"mine": {"version": 99}}');
  const restore = keeper.forget("mine");
  expect(keeper.names()).toEqual([]);
  restore();
  expect([...shelf.items.values()]).toEqual(['{"mine":{"version":99}}']);
});

test("only a change of this dashboard is one", () => {
  const shelf = new MapShelf();
  const keeper = new Keeper(shelf, "/");
  keeper.write(layout);
  const [[key, newValue]] = [...shelf.items] as [[string, string]];
  const changed = keeper.readChange({ key, newValue });
  expect(changed && writeLayout(changed)).toEqual(writeLayout(layout));
  expect(keeper.readChange({ key: `${key} else`, newValue })).toBe(null);
  expect(keeper.readChange({ key, newValue: null })).toBe(null);
  expect(keeper.readChange({ key, newValue: "{" })).toBe(null);
});

test("text that is not JSON is told apart", () => {
  expect(() => parseLayout("{")).toThrow("not JSON");
});

test("a link carries the view beside what TensorBoard keeps in its address", async () => {
  const picked = { focus: "a", checked: ["a", "b/ü"], tag: "loss" };
  const packed = await packView({ layout, picked });
  const link = linkTo(
    "http://host:6006/some/prefix/?darkMode=true&x=1#scalars&_smoothing=0.5&p.candles.view=old",
    packed,
  );
  const { origin, pathname, search, hash } = new URL(link);
  expect(origin + pathname + search).toBe("http://host:6006/some/prefix/?x=1");
  expect(hash.startsWith("#candles&_smoothing=0.5&p.candles.view=")).toBe(true);
  expect(hash).not.toContain("old");
  const opened = await unpackView(viewIn(hash) ?? "");
  expect(opened.picked).toEqual(picked);
  expect(writeLayout(opened.layout)).toEqual(writeLayout(layout));
  expect(withoutView(hash)).toBe("#candles&_smoothing=0.5");
  expect(viewIn("#candles")).toBe(null);
  expect(withoutView("#candles")).toBe("#candles");
});

test("a damaged link is refused", async () => {
  const packed = await packView({ layout, picked: {} });
  await expect(unpackView(packed.slice(3))).rejects.toThrow(LayoutError);
  await expect(unpackView("")).rejects.toThrow(LayoutError);
  await expect(unpackView(viewIn("#candles&p.candles.view=%E0%A4%A") ?? "")).rejects.toThrow(LayoutError);
});

test("a file that is far too big for a dashboard is refused before it is read", async () => {
  const text = () => Promise.reject(new Error("was read"));
  await expect(readFile({ size: 2e9, text })).rejects.toThrow("too big");
  await expect(readFile(new Blob(["{"]))).rejects.toThrow("not JSON");
});
