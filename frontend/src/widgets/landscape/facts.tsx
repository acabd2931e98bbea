import type { Landscape } from "../../api/landscape.ts";
import { formatDigits, formatInteger } from "../../base/format.ts";
import {
  depthSentence,
  epsilonSentence,
  LANDSCAPE,
  saddleSentence,
  sharperSentence,
  sharpnessSentence,
} from "../../base/words/landscape.ts";

const short = (value: number): string => formatDigits(value, 3);

// Second order: the loss rises by ½λt² over a step t along an eigenvector of eigenvalue λ.
const stepToRiseByOne = (eigenvalue: number): number => Math.sqrt(2 / eigenvalue);

/** What one landscape says, in whole sentences. */
export function factsOf(landscape: Landscape): readonly string[] {
  const { centreLoss, minimum, sharpness, epsilon, epsilonSharpness, warnings } = landscape;
  const found: string[] = [];
  if (Number.isFinite(centreLoss)) found.push(depthSentence(short(centreLoss), short(minimum)));
  if (sharpness > 0) found.push(sharpnessSentence(short(sharpness), short(stepToRiseByOne(sharpness))));
  else if (Number.isFinite(sharpness)) found.push(saddleSentence(short(sharpness)));
  if (Number.isFinite(epsilonSharpness))
    found.push(epsilonSentence(short(epsilon), `${short(epsilonSharpness)} %`));
  return [...found, ...warnings];
}

/** Whether to say what principal components make of noise, where the summary does not. */
export const mayBeWalk = ({ directions, warnings }: Landscape): boolean =>
  directions === "pca" && !warnings.some((warning) => /random walk/i.test(warning));

/** Which of several is the sharpest, and by how much; null where it is not known of two. */
export function sharperOf(landscapes: readonly Landscape[]): string | null {
  const known = landscapes.filter(({ sharpness }) => sharpness > 0).sort((a, b) => b.sharpness - a.sharpness);
  const [sharp, flat] = [known[0], known.at(-1)];
  if (!sharp || !flat || sharp.run === flat.run) return null;
  const times = sharp.sharpness / flat.sharpness;
  return times < LEAST_TIMES ? LANDSCAPE.alike : sharperSentence(sharp.run, formatDigits(times, 2), flat.run);
}

// Less is no difference that anybody should go by.
const LEAST_TIMES = 1.1;

interface VerdictProps {
  readonly landscapes: readonly Landscape[];
}

/** What is seen, in a line. */
export function Verdict({ landscapes }: VerdictProps) {
  const [only] = landscapes;
  const sharper = sharperOf(landscapes);
  const said = landscapes.length === 1 && only ? factsOf(only)[0] : sharper;
  if (said === undefined || said === null) return null;
  return (
    <p class="hint landscape-facts" data-testid="landscape-verdict">
      <b>
        <bdi>{said}</bdi>
      </b>
      {sharper !== null && ` ${LANDSCAPE.compare}`}
    </p>
  );
}

interface FactsProps {
  readonly landscapes: readonly Landscape[];
  readonly isLinear: boolean;
  /** Checked runs that have one. */
  readonly runs: number;
}

/** All that is known of each. */
export const Facts = ({ landscapes, isLinear, runs }: FactsProps) => (
  <ul class="landscape-facts hint" data-testid="landscape-facts">
    {landscapes.map((one) => (
      <li key={one.run}>
        {landscapes.length > 1 && (
          <b>
            <bdi>{one.run}</bdi>:{" "}
          </b>
        )}
        <bdi>{[...factsOf(one).slice(landscapes.length > 1 ? 0 : 1), ...one.problems].join(" ")}</bdi>
      </li>
    ))}
    {landscapes.some(mayBeWalk) && <li>{LANDSCAPE.walk}</li>}
    {isLinear && <li>{LANDSCAPE.noLog}</li>}
    {runs > landscapes.length && landscapes.length > 1 && (
      <li>{LANDSCAPE.tooMany(landscapes.length, formatInteger(runs))}</li>
    )}
  </ul>
);
