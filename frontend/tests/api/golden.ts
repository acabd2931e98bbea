import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** An answer that the tests of the server hold to be one of its own. */
export const golden = (name: string): unknown =>
  JSON.parse(
    readFileSync(fileURLToPath(new URL(`../../../tests/golden/${name}.json`, import.meta.url)), "utf8"),
  );
