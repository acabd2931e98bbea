import { isRecord } from "../api/json.ts";
import type { Polarity } from "../base/polarity.ts";
import type { Choice } from "../data/choice.ts";
import type { Stored } from "../widgets/widget.ts";

/** What was picked beside the dashboard, read from what was stored or came with a link: anybody may have written it. */

// As long as a path can be.
const LONGEST_NAME = 4096;
export const MOST_RUNS = 10_000;
// They go into the address of each request for alerts.
const MOST_POLARITIES = 100;
const MOST_DETECTORS = 100;

export const NOTHING_PICKED: Choice = { focus: null, checked: [], tag: null };

export const isName = (value: unknown): value is string =>
  typeof value === "string" && value.length <= LONGEST_NAME;

const isPolarity = (value: unknown): value is Polarity =>
  value === "lower_is_better" || value === "higher_is_better";

export function choiceIn({ focus, checked, tag }: Stored): Choice {
  if (!isName(focus) || !Array.isArray(checked) || checked.length === 0) return NOTHING_PICKED;
  const names = [...new Set(checked.filter(isName))].slice(0, MOST_RUNS);
  return { focus, checked: names, tag: isName(tag) ? tag : null };
}

export function polaritiesIn({ polarities }: Stored): ReadonlyMap<string, Polarity> {
  const all = isRecord(polarities) ? Object.entries(polarities) : [];
  const told = all.flatMap(([tag, polarity]) =>
    isName(tag) && isPolarity(polarity) ? [[tag, polarity] as const] : [],
  );
  return new Map(told.slice(0, MOST_POLARITIES));
}

/** Null: those that are on by default. */
export const detectorsIn = ({ detectors }: Stored): readonly string[] | null =>
  Array.isArray(detectors) ? detectors.filter(isName).slice(0, MOST_DETECTORS) : null;
