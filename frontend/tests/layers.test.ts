import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const LAYERS = ["base", "api", "data", "chart", "widgets", "dashboard", "shell"];
const SOURCE = fileURLToPath(new URL("../src", import.meta.url));
const IMPORT = /(?:from|import)\s+"(\.[^"]+)"/g;

function files(): string[] {
  const names = readdirSync(SOURCE, { recursive: true, encoding: "utf8" });
  return names.filter((name) => /\.tsx?$/.test(name)).map((name) => join(SOURCE, name));
}

const layerOf = (file: string): number => LAYERS.indexOf(relative(SOURCE, file).split("/")[0] ?? "");

function imports(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(IMPORT)].map((match) => resolve(dirname(file), match[1] ?? ""));
}

test("every folder of the source is a layer", () => {
  const folders = readdirSync(SOURCE, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const folder of folders) expect(LAYERS).toContain(folder.name);
});

test("a layer imports only itself and those below it", () => {
  const wrong = files()
    .filter((file) => layerOf(file) >= 0)
    .flatMap((file) =>
      imports(file)
        .filter((imported) => layerOf(imported) > layerOf(file))
        .map((imported) => `${relative(SOURCE, file)} → ${relative(SOURCE, imported)}`),
    );
  expect(files().length).toBeGreaterThan(20);
  expect(wrong).toEqual([]);
});

test("base, api and data never touch the DOM", () => {
  const touching = files()
    .filter((file) => layerOf(file) >= 0 && layerOf(file) <= LAYERS.indexOf("data"))
    .filter((file) =>
      /\b(document\.|HTMLElement|localStorage|sessionStorage|addEventListener)/.test(
        readFileSync(file, "utf8"),
      ),
    );
  expect(touching.map((file) => relative(SOURCE, file))).toEqual([]);
});
