import type { RunStats, Track } from "../../api/stats.ts";
import { extentOf, type Range } from "../../base/axis.ts";
import { formatDigits } from "../../base/format.ts";
import type { Table } from "../../base/table.ts";
import { STATS } from "../../base/words/stats.ts";
import { rowFrom } from "../../chart/lineGeometry.ts";
import type { Times } from "./settings.ts";

/** One measure of one run, with its places on the axis. */
export interface Line {
  readonly run: string;
  readonly place: Float64Array;
  readonly value: Float64Array;
  readonly latest: number;
}

/** One measure of all runs that have it. */
export interface Panel {
  /** As `system/cpu_percent`. */
  readonly name: string;
  readonly title: string;
  readonly lines: readonly Line[];
  /** Of the height. */
  readonly most: number;
}

const [STEPS, POINTS] = ["steps_per_sec", "points_per_sec"] as const;
const SYSTEM = "system/";
const GPU = /^system\/gpu(\d+)\/(utilization_percent|memory_gigabytes)$/;
const FIRST: readonly string[] = [STEPS, POINTS, "system/cpu_percent", "system/memory_gigabytes"];
const UNITS: readonly (readonly [suffix: string, unit: string])[] = [
  ["_per_sec", "/s"],
  ["_percent", " %"],
  ["_gigabytes", " GB"],
  ["_celsius", " °C"],
  ["_watts", " W"],
];
const WHOLE_PERCENT = 100;
const ALIKE = 0.01;

/** The measures of all runs, those first that everybody asks for; `startOf` is what places count from. */
export function panelsOf(runs: readonly RunStats[], startOf: (run: string) => number): readonly Panel[] {
  const names = [...new Set(runs.flatMap(({ tracks }) => tracks.map(({ name }) => name)))];
  const some = runs.every(isOnePointAStep) ? names.filter((name) => name !== POINTS) : names;
  return some.sort(inOrder).map((name) => {
    const lines = runs.flatMap(({ run, tracks }) => {
      const track = tracks.find((one) => one.name === name);
      return track ? [lineOf(run, track, startOf(run))] : [];
    });
    return { name, title: titleOf(name), lines, most: mostOf(name, lines) };
  });
}

/** Then both speeds say the same. */
function isOnePointAStep({ tracks }: RunStats): boolean {
  const [steps, points] = [STEPS, POINTS].map((wanted) => tracks.find(({ name }) => name === wanted)?.value);
  if (!steps || !points) return true;
  return steps.every((one, row) => Math.abs(one - (points[row] ?? Number.NaN)) <= ALIKE * one);
}

const lineOf = (run: string, { time, value, latest }: Track, start: number): Line => ({
  run,
  place: time.map((one) => one - start),
  value,
  latest,
});

function inOrder(a: string, b: string): number {
  const rank = (name: string) => (FIRST.indexOf(name) + FIRST.length + 1) % (FIRST.length + 1);
  // How much a GPU has to do comes before its memory.
  const key = (name: string) => name.replace("utilization", "");
  return rank(a) - rank(b) || key(a).localeCompare(key(b), "en", { numeric: true });
}

/** The top of the axis, which begins at 0: of percent all of them, unless there is more than that. */
function mostOf(name: string, lines: readonly Line[]): number {
  let most = name.endsWith("_percent") ? WHOLE_PERCENT : 0;
  for (const { value } of lines) {
    for (const one of value) if (one > most && Number.isFinite(one)) most = one;
  }
  return most || 1;
}

/** `Processor`, `GPU 0 memory`; of what nobody named here its tag without what its unit tells. */
export function titleOf(name: string): string {
  const known: Readonly<Record<string, string>> = STATS.names;
  const [, number, what] = GPU.exec(name) ?? [];
  if (number !== undefined) {
    return `${STATS.gpu(number)} ${what === "memory_gigabytes" ? STATS.gpuMemory : STATS.gpuUse}`;
  }
  const suffix = UNITS.find(([one]) => name.endsWith(one))?.[0] ?? "";
  return (
    known[name] ??
    name
      .replace(SYSTEM, "")
      .slice(0, -suffix.length || undefined)
      .replaceAll("_", " ")
  );
}

/** `91.2/s`, `45 %`, `1.25 GB` */
export function valueWords(name: string, value: number): string {
  if (!Number.isFinite(value)) return "–";
  return formatDigits(value, 3) + (UNITS.find(([suffix]) => name.endsWith(suffix))?.[1] ?? "");
}

export const hasSystem = (panels: readonly Panel[]): boolean =>
  panels.some(({ name }) => name.startsWith(SYSTEM));

/** From the first to the last place of all lines that is known, and from the start where they count from there; null: there are none. */
export function rangeOf(panels: readonly Panel[], time: Times): Range | null {
  const ends = extentOf(panels.flatMap(({ lines }) => lines.flatMap(({ place }) => [...place])));
  if (ends === null) return null;
  const [from, to] = [time === "since" ? Math.min(0, ends.from) : ends.from, ends.to];
  return { from, to: to > from ? to : from + 1 };
}

/** The value at a place: the last that was known by then; before the first and after the last there is none. */
export function valueAt({ place, value }: Line, at: number): number {
  const after = rowFrom(place, at);
  if (place[after] === at) return value[after] ?? Number.NaN;
  return after === 0 || after === place.length ? Number.NaN : (value[after - 1] ?? Number.NaN);
}

export const WIDTH = 1000;
export const HEIGHT = 100;

/** The line as a path in a box of WIDTH × HEIGHT; what is no number leaves a gap. */
export function pathOf({ place, value }: Line, { from, to }: Range, most: number): string {
  let [path, isOpen] = ["", false];
  for (let row = 0; row < place.length; row++) {
    const [at, one] = [place[row] as number, value[row] as number];
    if (!Number.isFinite(one) || !Number.isFinite(at)) {
      isOpen = false;
      continue;
    }
    const x = (((at - from) / (to - from)) * WIDTH).toFixed(1);
    const y = (HEIGHT * (1 - Math.min(1, Math.max(0, one / most)))).toFixed(1);
    // A point between gaps is a line of no length, which has round ends.
    path += isOpen ? `L${x} ${y}` : `M${x} ${y}h0`;
    isOpen = true;
  }
  return path;
}

/** A row for each value of each measure. */
export function tableOf(runs: readonly RunStats[]): Table {
  const all = runs.flatMap(({ run, tracks }) => tracks.map((track) => ({ run, ...track })));
  const repeated = (of: (one: (typeof all)[number]) => string) =>
    all.flatMap((one) => new Array<string>(one.time.length).fill(of(one)));
  const joined = (of: (one: (typeof all)[number]) => Float64Array) =>
    Float64Array.from(all.flatMap((one) => Array.from(of(one))));
  return {
    columns: [
      { name: "run", values: repeated(({ run }) => run) },
      { name: "measure", values: repeated(({ name }) => name) },
      { name: "time", values: joined(({ time }) => time) },
      { name: "value", values: joined(({ value }) => value) },
    ],
  };
}
