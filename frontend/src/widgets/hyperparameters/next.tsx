import { useSignal } from "@preact/signals";
import type { NextRun, Study } from "../../api/hyperparameters.ts";
import { formatDigits } from "../../base/format.ts";
import { expectedWords, HYPERPARAMETERS } from "../../base/words/hyperparameters.ts";
import { copyText } from "../clipboard.ts";
import { shown } from "./surface.ts";

/** Runs to make next, in words, each with its arguments to take along. */
export const NextRuns = ({ study: { next } }: { readonly study: Study }) => (
  <div class="next-runs" data-testid="next-runs">
    <h4>{HYPERPARAMETERS.nextTitle}</h4>
    {next.length === 0 && <p class="hint">{HYPERPARAMETERS.exhausted}</p>}
    <ol>
      {next.map((one) => (
        <Next key={JSON.stringify(one.values)} next={one} />
      ))}
    </ol>
  </div>
);

function Next({ next }: { readonly next: NextRun }) {
  const said = useSignal<string>(HYPERPARAMETERS.copy);
  const copy = async () => {
    const done = await copyText(JSON.stringify(next.config, null, 2));
    said.value = done ? HYPERPARAMETERS.copied : HYPERPARAMETERS.notCopied;
  };
  return (
    <li>
      <div class="next-run">
        <span class="next-values">
          {Object.entries(next.values).map(([name, value]) => (
            <span key={name} class="next-value">
              <bdi>{name}</bdi>{" "}
              <b>
                <bdi>{shown(value)}</bdi>
              </b>
            </span>
          ))}
          <span class="next-expected">
            {expectedWords(...([next.mean, next.low, next.high].map(short) as [string, string, string]))}
          </span>
        </span>
        <button
          type="button"
          class="plain"
          title={HYPERPARAMETERS.copyTitle}
          data-testid="copy-config"
          onClick={copy}
        >
          {said.value}
        </button>
      </div>
    </li>
  );
}

const short = (value: number): string => (Number.isFinite(value) ? formatDigits(value, 3) : "–");
