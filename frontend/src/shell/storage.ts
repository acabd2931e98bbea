import { effect, type Signal, signal } from "@preact/signals";
import { isRecord } from "../api/json.ts";

const KEY = "tensorboard-candles";
const TOUR_KEY = "tensorboard-candles-tour-seen";

type Place = "sessionStorage" | "localStorage";

/** What was stored; null where nothing was, and where storage is forbidden. */
function readStored(place: Place, key: string): unknown {
  try {
    return JSON.parse(window[place].getItem(key) ?? "null");
  } catch {
    return null;
  }
}

function writeStored(place: Place, key: string, value: unknown): void {
  try {
    window[place].setItem(key, JSON.stringify(value));
  } catch {
    // Full or forbidden: the page works on, it only forgets.
  }
}

/** What was stored for this tab of the browser; storage may be forbidden, and then nothing is kept. */
export function readSession(): Readonly<Record<string, unknown>> {
  const stored = readStored("sessionStorage", KEY);
  return isRecord(stored) ? stored : {};
}

export const writeSession = (value: Readonly<Record<string, unknown>>): void =>
  writeStored("sessionStorage", KEY, value);

/**
 * A signal that outlives the page: in this tab of the browser, or in all of them.
 * `read` makes a value of whatever was stored, which nobody vouches for.
 */
export function kept<Value>(place: Place, name: string, read: (stored: unknown) => Value): Signal<Value> {
  const key = `${KEY}.${name}`;
  const value = signal(read(readStored(place, key)));
  let last = value.peek();
  effect(() => {
    if (value.value !== last) writeStored(place, key, value.value);
    last = value.value;
  });
  return value;
}

export const asOneOf =
  <Choice extends string>(choices: readonly Choice[], fallback: Choice) =>
  (stored: unknown): Choice =>
    choices.find((choice) => choice === stored) ?? fallback;

export const asFlag = (stored: unknown): boolean => stored === true;

export const asTyped = (stored: unknown): string => (typeof stored === "string" ? stored : "");

export const asNames = (stored: unknown): readonly string[] =>
  Array.isArray(stored) ? stored.filter((name): name is string => typeof name === "string") : [];

export const tourSeen = (): boolean => readStored("localStorage", TOUR_KEY) !== null;

export const noteTourSeen = (): void => writeStored("localStorage", TOUR_KEY, 1);
