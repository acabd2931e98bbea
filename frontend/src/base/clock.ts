/** Times of day on an axis, in the time zone of whoever looks. */

// Each divides the next; a day comes above all of them.
const UNITS = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 86_400];
const DAY = 86_400;

/** Unix time and the zone's seconds, so that multiples of a day are midnights. */
const local = (time: number): number => time - new Date(time * 1000).getTimezoneOffset() * 60;

/** The last multiple of a unit before the end of a bucket; NaN where none lies within it. */
function roundWithin(time: number, width: number, unit: number): number {
  const start = local(time);
  const round = Math.ceil((start + width) / unit - 1 - 1e-9) * unit;
  return round >= start - 1e-6 ? time + (round - start) : Number.NaN;
}

function unitWithin(time: number, width: number): number {
  return UNITS.findLastIndex((unit) => !Number.isNaN(roundWithin(time, width, unit)));
}

/** How round the roundest time of day is that lies in a bucket: the rounder gets the label. */
export const clockWeight = (time: number, width: number): number => unitWithin(time, width) + 1;

/** That time in words: `21 Nov`, `14:05`, `14:05:30`. */
export function clockTick(time: number, width: number): string {
  const unit = UNITS[unitWithin(time, width)] ?? 0;
  const round = unit === 0 ? time : roundWithin(time, width, unit);
  const date = new Date(Math.round(round * 1000));
  if (unit === DAY) return DATE.format(date);
  return (unit >= 60 ? MINUTES : SECONDS).format(date);
}

/** `21 Nov 14:05:30`, without what the width of a bucket does not tell. */
export function formatTimeOfDay(time: number, width: number): string {
  const date = new Date(Math.round(time * 1000));
  return `${DATE.format(date)} ${(width >= 60 ? MINUTES : SECONDS).format(date)}`;
}

/** `14:05:30.125`, and with its day `21 Nov 14:05:30.125`; a dash for what is no time. */
export function formatMoment(time: number, withDay: boolean): string {
  const date = new Date(Math.round(time * 1000));
  if (Number.isNaN(date.getTime())) return "–";
  return withDay ? `${DATE.format(date)} ${MOMENTS.format(date)}` : MOMENTS.format(date);
}

const DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const MINUTES = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hour12: false });
const SECONDS = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
});
const MOMENTS = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hour12: false,
});
