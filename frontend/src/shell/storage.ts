import { isRecord } from "../api/json.ts";

const KEY = "tensorboard-candles";
const TOUR_KEY = "tensorboard-candles-tour-seen";

/** What was stored for this tab of the browser; storage may be forbidden, and then nothing is kept. */
export function readSession(): Readonly<Record<string, unknown>> {
  try {
    const stored: unknown = JSON.parse(window.sessionStorage.getItem(KEY) ?? "null");
    return isRecord(stored) ? stored : {};
  } catch {
    return {};
  }
}

export function writeSession(value: Readonly<Record<string, unknown>>): void {
  try {
    window.sessionStorage.setItem(KEY, JSON.stringify(value));
  } catch {
    // Full or forbidden: the page works on, it only forgets.
  }
}

export function tourSeen(): boolean {
  try {
    return window.localStorage.getItem(TOUR_KEY) !== null;
  } catch {
    return false;
  }
}

export function noteTourSeen(): void {
  try {
    window.localStorage.setItem(TOUR_KEY, "1");
  } catch {
    // As above.
  }
}
