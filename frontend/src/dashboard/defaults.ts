import { LAYOUTS } from "../base/words/dashboard.ts";
import type { Kind } from "../widgets/kind.tsx";
import { type Layout, readLayout } from "./model.ts";

/** Rows that fill the window without scrolling. */
export const ROWS_IN_WINDOW = 12;

type Place = readonly [type: string, x: number, y: number, w: number, h: number];

interface ReadyMade {
  readonly name: string;
  readonly places: readonly Place[];
}

const made = (name: string, ...places: readonly Place[]): ReadyMade => ({ name, places });

const ONE_RUN = made(
  LAYOUTS.oneRun,
  ["candles", 0, 0, 9, 12],
  ["alerts", 9, 0, 3, 12],
  ["comparison", 0, 12, 6, 8],
  ["line", 6, 12, 6, 8],
);

const COMPARE = made(
  LAYOUTS.compare,
  ["comparison", 0, 0, 12, 5],
  ["line", 0, 5, 6, 7],
  ["candles", 6, 5, 6, 7],
  ["arguments", 0, 12, 6, 7],
  ["alerts", 6, 12, 6, 7],
);

const MANY_RUNS = made(
  LAYOUTS.manyRuns,
  ["comparison", 0, 0, 8, 12],
  ["line", 8, 0, 4, 6],
  ["alerts", 8, 6, 4, 6],
  ["candles", 0, 12, 12, 10],
);

export const READY_MADE: readonly ReadyMade[] = [ONE_RUN, COMPARE, MANY_RUNS];

/** A ready-made layout of those kinds that there are; what stands beside a missing one takes its room. */
export function readyMade({ name, places }: ReadyMade, kinds: readonly Kind[]): Layout {
  const known = places.filter(([type]) => kinds.some((kind) => kind.type === type));
  const widgets = known.map(([type, x, y, w, h]) => {
    const isAlone = !known.some((other) => other[0] !== type && other[2] < y + h && y < other[2] + other[4]);
    return { type, y, h, settings: {}, ...(isAlone ? { x: 0, w: 12 } : { x, w }) };
  });
  return readLayout({ version: 1, tabs: [{ name, widgets }] });
}

export const firstLayout = (kinds: readonly Kind[]): Layout => readyMade(ONE_RUN, kinds);
