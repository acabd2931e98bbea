import { LAYOUTS } from "../base/words/dashboard.ts";
import { accuracyTag, likelyTag, tagsOf } from "../data/choice.ts";
import type { Kind } from "../widgets/kind.tsx";
import type { Stored } from "../widgets/widget.ts";
import type { Workspace } from "../widgets/workspace.ts";
import { type Layout, readLayout } from "./model.ts";

/** Rows that fill the window without scrolling. */
export const ROWS_IN_WINDOW = 12;

/** Settings that are not the usual ones: they may follow from what the checked runs logged. */
type Ask = (seen: Seen) => Stored;

type Place = readonly [type: string, x: number, y: number, w: number, h: number, ask?: Ask];

/** What the checked runs have. */
interface Seen {
  readonly loss: string | null;
  readonly accuracy: string | null;
  readonly axis: "epochs" | "steps";
}

const NOTHING_SEEN: Seen = { loss: null, accuracy: null, axis: "steps" };

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

const lossOf: Ask = ({ loss, axis }) => ({ tag: loss, axis });
const accuracyOf: Ask = ({ accuracy, axis }) => ({ tag: accuracy, axis });

const TWO_MODELS = made(
  LAYOUTS.twoModels,
  ["progress", 0, 0, 12, 3],
  ["line", 0, 3, 6, 6, lossOf],
  ["line", 6, 3, 6, 6, accuracyOf],
  ["stats", 0, 9, 6, 7],
  ["arguments", 6, 9, 6, 7, () => ({ onlyDifferences: true })],
  ["comparison", 0, 16, 12, 5],
);

const LIVE = made(
  LAYOUTS.live,
  ["progress", 0, 0, 8, 4],
  ["control", 8, 0, 4, 4],
  ["line", 0, 4, 8, 8, lossOf],
  ["stats", 8, 4, 4, 8],
  ["logs", 0, 12, 6, 8],
  ["outputs", 6, 12, 6, 8],
  ["experiments", 0, 20, 12, 8],
);

/** For a log directory that is empty so far. */
const START = made(
  LAYOUTS.live,
  ["experiments", 0, 0, 12, 8],
  ["progress", 0, 8, 8, 4],
  ["control", 8, 8, 4, 8],
  ["line", 0, 12, 8, 8],
  ["logs", 8, 16, 4, 8],
);

export const READY_MADE: readonly ReadyMade[] = [ONE_RUN, COMPARE, MANY_RUNS, TWO_MODELS, LIVE];

export function seenIn({ choice, runs }: Pick<Workspace, "choice" | "runs">): Seen {
  const all = runs.value?.runs ?? [];
  const tags = tagsOf(choice.value, all);
  const checked = all.filter(({ name }) => choice.value.checked.includes(name));
  const hasEpochs = checked.length > 0 && checked.every((run) => run.hasEpochs);
  return { loss: likelyTag(tags), accuracy: accuracyTag(tags), axis: hasEpochs ? "epochs" : "steps" };
}

/** A ready-made layout of those kinds that there are; what stands beside a missing one takes its room. */
export function readyMade({ name, places }: ReadyMade, kinds: readonly Kind[], seen = NOTHING_SEEN): Layout {
  const known = places.filter(([type]) => kinds.some((kind) => kind.type === type));
  const widgets = known.map((place) => {
    const [type, x, y, w, h, ask] = place;
    const isAlone = !known.some((other) => other !== place && other[2] < y + h && y < other[2] + other[4]);
    return { type, y, h, settings: ask?.(seen) ?? {}, ...(isAlone ? { x: 0, w: 12 } : { x, w }) };
  });
  return readLayout({ version: 1, tabs: [{ name, widgets }] });
}

export const startLayout = (kinds: readonly Kind[]): Layout => readyMade(START, kinds);

export const firstLayout = (kinds: readonly Kind[]): Layout => readyMade(ONE_RUN, kinds);
