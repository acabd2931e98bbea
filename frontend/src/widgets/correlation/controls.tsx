import type { Signal } from "@preact/signals";
import { CHANGES, METHODS } from "../../base/correlations.ts";
import { CORRELATION } from "../../base/words/correlation.ts";
import { Choice } from "../choice.tsx";
import { type CorrelationSettings, readLag, WHICH } from "./settings.ts";

type Change = (changed: Partial<CorrelationSettings>) => void;

export function Controls({ settings }: { readonly settings: Signal<CorrelationSettings> }) {
  const { which, method, of, maxLag, significantOnly } = settings.value;
  const change: Change = (changed) => {
    settings.value = { ...settings.value, ...changed };
  };
  return (
    <>
      <Choice
        label={CORRELATION.which}
        options={WHICH}
        value={which}
        names={CORRELATION.whichNames}
        hints={CORRELATION.whichHints}
        testId="which"
        pick={(picked) => change({ which: picked })}
      />
      <Choice
        label={CORRELATION.of}
        options={CHANGES}
        value={of}
        names={CORRELATION.ofNames}
        hints={CORRELATION.ofHints}
        testId="of"
        pick={(picked) => change({ of: picked })}
      />
      <Choice
        label={CORRELATION.method}
        options={METHODS}
        value={method}
        names={CORRELATION.methodNames}
        hints={CORRELATION.methodHints}
        testId="method"
        pick={(picked) => change({ method: picked })}
      />
      <LagControl maxLag={maxLag} change={change} />
      <button
        type="button"
        class="plain toggle"
        aria-pressed={significantOnly}
        title={CORRELATION.significantHint}
        data-testid="significant-only"
        onClick={() => change({ significantOnly: !significantOnly })}
      >
        {CORRELATION.significantOnly}
      </button>
    </>
  );
}

interface LagControlProps {
  readonly maxLag: number;
  readonly change: Change;
}

const LagControl = ({ maxLag, change }: LagControlProps) => (
  <label class="number-control" title={CORRELATION.lagHint}>
    {CORRELATION.lag}
    <input
      type="number"
      min="0"
      step="1"
      data-testid="max-lag"
      value={maxLag}
      onChange={(event) => change({ maxLag: readLag(event.currentTarget.valueAsNumber) })}
    />
  </label>
);
