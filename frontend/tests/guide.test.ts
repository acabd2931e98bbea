import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Kind } from "../src/widgets/kind.tsx";
import { WIDGETS } from "../src/widgets/registry.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FRONTEND = join(ROOT, "frontend");
const GUIDE = readFileSync(join(ROOT, "docs", "widgets.md"), "utf8");
const MINUTE_MS = 60_000;

/** The blocks of code in one language, in order. */
const blocks = (language: string): string[] =>
  [...GUIDE.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, "g"))].map((match) => match[1] ?? "");

const copy = mkdtempSync(join(FRONTEND, ".guide-"));

beforeAll(() => {
  for (const name of ["src", "tests", "tsconfig.json", "vite.config.ts"]) {
    cpSync(join(FRONTEND, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(FRONTEND, "node_modules"), join(copy, "node_modules"));
  execFileSync("sh", ["-ec", blocks("sh")[0] ?? ""], { cwd: copy });
  const registry = join(copy, "src/widgets/registry.ts");
  const list = readFileSync(registry, "utf8").replace(
    /kindOf\((\w+)\),?\s*\];/,
    "kindOf($1), kindOf(mine)];",
  );
  writeFileSync(registry, `${blocks("ts")[0] ?? ""}${list}`);
});

afterAll(() => rmSync(copy, { recursive: true }));

test("every file that the guide names is there", () => {
  const named = [...GUIDE.matchAll(/`(frontend\/[\w./]+)`/g)].map((match) => match[1] ?? "");
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test("a widget that was made by the guide is in the palette", { timeout: MINUTE_MS }, async () => {
  const made = (await import(join(copy, "src/widgets/registry.ts"))) as { WIDGETS: readonly Kind[] };
  const types = made.WIDGETS.map(({ type }) => type);
  expect(types).toEqual([...WIDGETS.map(({ type }) => type), "mine"]);
});

test("and it compiles, with its test", { timeout: MINUTE_MS }, () => {
  const tsc = join(FRONTEND, "node_modules/typescript/bin/tsc");
  expect(existsSync(join(copy, "tests/widgets/mine.test.ts"))).toBe(true);
  const said = execFileSync(process.execPath, [tsc, "--noEmit"], { cwd: copy, encoding: "utf8" });
  expect(said).toBe("");
});

test("the skeleton itself is in no palette, and every widget has a name and a size of its own", () => {
  const types = WIDGETS.map(({ type }) => type);
  expect(types).not.toContain("skeleton");
  expect(new Set(types).size).toBe(types.length);
  for (const { size } of WIDGETS) {
    expect(size.minW).toBeLessThanOrEqual(size.w);
    expect(size.minH).toBeLessThanOrEqual(size.h);
    expect(size.w).toBeLessThanOrEqual(12);
  }
});
