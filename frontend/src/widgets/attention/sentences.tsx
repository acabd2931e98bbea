import type { AttentionCurves, AttentionMaps } from "../../api/attention.ts";
import { formatDigits, formatInteger, formatPercent } from "../../base/format.ts";
import {
  ATTENTION,
  distanceWords,
  entropyWords,
  examplesWords,
  oddRowsWords,
  pooledWords,
  problemsWords,
  similarityWords,
  stepsWords,
} from "../../base/words/attention.ts";
import { meanOf, ofLayer } from "./figures.ts";
import type { AttentionView } from "./settings.ts";

interface CurveWordsProps {
  readonly curves: AttentionCurves;
  readonly view: Exclude<AttentionView, "maps">;
}

/** What the curves show, from the first step to the last. */
export function CurveWords({ curves, view }: CurveWordsProps) {
  return (
    <p class="hint plain-words" data-testid="attention-words">
      {curveWords(curves, view)} {ATTENTION.thick}{" "}
      {curves.step.length < curves.steps &&
        curves.problemCount === 0 &&
        stepsWords(formatInteger(curves.step.length), formatInteger(curves.steps))}
    </p>
  );
}

/** The mean over all heads at the first step and at the last, in words. */
export function curveWords(curves: AttentionCurves, view: Exclude<AttentionView, "maps">): string {
  const layers = Array.from({ length: curves.layers }, (_, layer) => ofLayer(curves, view, layer));
  const [first, last] = [0, curves.step.length - 1].map((i) =>
    meanOf(layers.map((values) => values[i] ?? Number.NaN)),
  );
  const [from, to] = [first ?? Number.NaN, last ?? Number.NaN];
  if (view === "entropy") return entropyWords(from, to, formatPercent);
  const short = (value: number) => formatDigits(value, 2);
  if (view === "similarity") return Number.isNaN(to) ? ATTENTION.oneHead : similarityWords(from, to, short);
  return Number.isNaN(to) ? ATTENTION.noDistance : distanceWords(short(from), short(to));
}

/** What the maps show, and what has to be known of them. */
export const MapWords = ({ maps }: { readonly maps: AttentionMaps }) => (
  <p class="hint plain-words" data-testid="attention-words">
    {maps.places.length === 1 && maps.layers * maps.heads > 1
      ? ATTENTION.alone
      : `${ATTENTION.maps} ${ATTENTION.bright} ${ATTENTION.open}`}{" "}
    {(maps.poolQueries > 1 || maps.poolKeys > 1) && <strong>{pooled(maps)}</strong>}{" "}
    {maps.oddRows > 0 && oddRowsWords(formatInteger(maps.oddRows))}{" "}
    {maps.examples > 1 && examplesWords(formatInteger(maps.examples))}
  </p>
);

const pooled = ({ poolQueries, poolKeys, queries, keys }: AttentionMaps): string => {
  const [first = "", second = "", third = "", fourth = ""] = [poolQueries, poolKeys, queries, keys].map(
    formatInteger,
  );
  return pooledWords(first, second, third, fourth);
};

interface ProblemsProps {
  readonly problems: readonly string[];
  readonly count: number;
}

/** Steps that could not be read, and why. */
export function Problems({ problems, count }: ProblemsProps) {
  if (problems.length === 0) return null;
  return (
    <div class="hint plain-words" role="status" data-testid="attention-problems">
      {problemsWords(formatInteger(count))}
      <ul>
        {problems.map((problem) => (
          <li key={problem}>
            <bdi>{problem}</bdi>
          </li>
        ))}
      </ul>
    </div>
  );
}
