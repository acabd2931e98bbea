/** Every word that is explained: tooltips show an entry, the glossary all of them. */

import { ALERT_WORDS } from "./alerts.ts";
import { CANDLE_WORDS } from "./candles.ts";
import type { Entry } from "./entry.ts";
import { INDICATOR_WORDS } from "./indicators.ts";
import { PATTERN_WORDS } from "./patterns.ts";

export type { Entry } from "./entry.ts";

export type CandleWord = keyof typeof CANDLE_WORDS;

export interface Chapter {
  readonly title: string;
  readonly entries: Readonly<Record<string, Entry>>;
}

export const GLOSSARY: readonly Chapter[] = [
  { title: "Candles", entries: CANDLE_WORDS },
  { title: "Indicators", entries: INDICATOR_WORDS },
  { title: "Alerts", entries: ALERT_WORDS },
  { title: "Candlestick patterns", entries: PATTERN_WORDS },
];

const BY_NAME: ReadonlyMap<string, Entry> = new Map(
  GLOSSARY.flatMap(({ entries }) => Object.entries(entries)),
);

/** What is said of a word; null for one that nobody wrote about. */
export const entryOf = (name: string): Entry | null => BY_NAME.get(name) ?? null;

/** Chapters with the entries that hold a text, in any letter case. */
export function search(text: string): Chapter[] {
  const wanted = text.trim().toLowerCase();
  const holds = (entry: Entry) => Object.values(entry).some((words) => words.toLowerCase().includes(wanted));
  return GLOSSARY.map(({ title, entries }) => ({
    title,
    entries: Object.fromEntries(Object.entries(entries).filter(([, entry]) => holds(entry))),
  })).filter(({ entries }) => Object.keys(entries).length > 0);
}
