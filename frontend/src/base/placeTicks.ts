import type { LineAxis, Range } from "./axis.ts";
import { formatTick } from "./ticks.ts";

export interface PlaceTick {
  readonly place: number;
  readonly label: string;
}

const HOUR = 3600;
const DAY = 86_400;

// Seconds that people count in; below and above them go 1, 2 and 5.
const DURATIONS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR];
const LONG = [12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY];

/** The smallest of {1, 2, 5}·10ⁿ that is at least `least`. */
export function roundStep(least: number): number {
  const power = Math.floor(Math.log10(least) + 1e-9);
  for (const digit of [1, 2, 5]) {
    const step = Number(`${digit}e${power}`);
    if (step >= least * (1 - 1e-9)) return step;
  }
  return Number(`1e${power + 1}`);
}

function timeStep(least: number): number {
  if (least <= 0.5) return roundStep(least);
  const found = [...DURATIONS, ...LONG].find((seconds) => seconds >= least);
  return found ?? roundStep(least / DAY) * DAY;
}

function multiples(range: Range, step: number, offset = 0): number[] {
  const first = Math.ceil((range.from + offset) / step - 1e-9);
  const found: number[] = [];
  for (let i = first; i * step - offset <= range.to; i++)
    found.push(Number((i * step).toPrecision(15)) - offset);
  return found;
}

/** Round places of an axis with their labels, no two closer than `leastGap`. */
export function placeTicks(axis: LineAxis, range: Range, leastGap: number): PlaceTick[] {
  if (!(range.to > range.from) || !(leastGap > 0)) return [];
  if (axis === "wall_time") return clockTicks(range, leastGap);
  if (axis === "seconds") {
    return multiples(range, timeStep(leastGap)).map((place) => ({
      place,
      label: formatTick(axis, place, 1),
    }));
  }
  const step = axis === "steps" ? Math.max(1, roundStep(leastGap)) : roundStep(leastGap);
  const unit = 10 ** Math.floor(Math.log10(step) + 1e-9);
  const format = (place: number) =>
    unit >= 1 ? formatTick(axis, place, unit) : place.toFixed(Math.min(12, Math.round(-Math.log10(unit))));
  return multiples(range, step).map((place) => ({ place, label: format(place) }));
}

const offsetSecs = (place: number): number => -new Date(place * 1000).getTimezoneOffset() * 60;

/** Times of day as the reader's clock has them; a day's first mark says which day it is. */
function clockTicks(range: Range, leastGap: number): PlaceTick[] {
  const step = timeStep(leastGap);
  const places = multiples(range, step, offsetSecs(range.from));
  return places.map((place) => ({ place, label: clockLabel(place, step) }));
}

const LOCALE = "en-GB";

function clockLabel(place: number, step: number): string {
  const date = new Date(place * 1000);
  const isMidnight = date.getHours() + date.getMinutes() + date.getSeconds() === 0 && place % 1 === 0;
  if (step >= DAY || isMidnight) return date.toLocaleDateString(LOCALE, { day: "numeric", month: "short" });
  const seconds = step < 60 ? { second: "2-digit" as const } : {};
  const fraction = step < 1 ? { fractionalSecondDigits: 3 as const } : {};
  return date.toLocaleTimeString(LOCALE, { hour: "2-digit", minute: "2-digit", ...seconds, ...fraction });
}

/** The day and the time of a point, to the second. */
export function formatClock(wallTime: number): string {
  const date = new Date(wallTime * 1000);
  if (Number.isNaN(date.getTime())) return "–";
  return date.toLocaleString(LOCALE, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}
