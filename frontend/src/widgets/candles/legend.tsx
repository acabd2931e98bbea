import { useSignal } from "@preact/signals";
import { useCallback, useLayoutEffect, useRef } from "preact/hooks";
import type { Candles } from "../../api/types.ts";
import { isolated } from "../../base/bidi.ts";
import type { ColourScheme } from "../../base/colour.ts";
import { formatDigits, formatInteger, formatWidth } from "../../base/format.ts";
import { isNeutral } from "../../base/polarity.ts";
import { clippedAtZero, legend, notPlaced, STRINGS, tooNarrow } from "../../base/strings.ts";
import {
  HEIKIN_ASHI_NOTE,
  LINE_LEGEND,
  leftOut,
  moreRuns,
  neutralLegend,
} from "../../base/words/candleChart.ts";
import { type DrawnRun, MOST_SIDE_BY_SIDE } from "../../chart/strands.ts";
import { schemeOf } from "../../chart/theme.ts";
import { MAX_VISIBLE_CANDLES } from "../../data/level.ts";
import { RunName } from "../runName.tsx";
import type { KnownSeries } from "../series.ts";
import type { CandleInputs, CandleModel } from "./model.ts";
import { readingAt } from "./reading.ts";
import { Sized } from "./sized.tsx";

/** More names than this are in no row of any chart. */
const MOST_NAMED = 12;

/** What the picture does not show as asked, and why. */
export function notesOf(model: CandleModel, { several, settings, unplaced }: CandleInputs): string[] {
  const plan = model.frame.value?.plan;
  if (!plan || model.focus.value === null) return [];
  const notes: string[] = [];
  if (plan.refusedWidth) {
    const { axis, width, refusedWidth } = plan;
    const most = formatInteger(MAX_VISIBLE_CANDLES);
    const unit = STRINGS.widthUnits[axis];
    notes.push(tooNarrow(String(refusedWidth), unit, most, formatWidth(axis, width)));
  }
  if (model.clipped.value > 0) notes.push(clippedAtZero(formatInteger(model.clipped.value)));
  const { value: runs } = several;
  const { mode } = settings.value;
  if (mode === "side" && runs - unplaced.value > MOST_SIDE_BY_SIDE) {
    notes.push(leftOut(MOST_SIDE_BY_SIDE, runs - unplaced.value));
  }
  if (unplaced.value > 0) notes.push(notPlaced(unplaced.value));
  return notes;
}

interface LegendProps {
  readonly model: CandleModel;
  readonly inputs: CandleInputs;
  readonly notes: readonly string[];
}

/** One row of fixed height: a note takes the place of keys, and never room from the chart. */
export function Legend({ model, inputs, notes }: LegendProps) {
  const focus = model.focus.value;
  const { style, mode, fit } = inputs.settings.value;
  const series = inputs.series.value[0];
  const nonfinite = focus?.columns.nonfinite.some((count) => count > 0);
  return (
    <footer class={notes.length > 0 ? "legend noted" : "legend"} data-testid="legend">
      <div class="notes" role="status">
        {notes.map((note) => (
          <p key={note}>{note}</p>
        ))}
      </div>
      {focus !== null && mode === "side" && <RunKeys model={model} isSide />}
      {style === "line" ? (
        <LineKeys />
      ) : (
        series && (
          <CandleKeys series={series} scheme={mode === "side" ? null : schemeOf(inputs.theme.value)} />
        )
      )}
      {style === "heikin-ashi" && (
        <span>
          <Sized words={HEIKIN_ASHI_NOTE} />
        </span>
      )}
      {nonfinite && (
        <span data-testid="nonfinite-key">
          <b class="key-cross">×</b> <Sized words={STRINGS.nonfinite} />
        </span>
      )}
      {focus !== null && fit === "bodies" && (
        <span data-testid="cut-key">
          <i class="key-arrow" /> <Sized words={STRINGS.beyond} />
        </span>
      )}
      {focus !== null && mode === "focus" && <RunKeys model={model} isSide={false} />}
    </footer>
  );
}

interface CandleKeysProps {
  readonly series: KnownSeries;
  /** Null: the colours are those of runs. */
  readonly scheme: ColourScheme | null;
}

/** What filled and hollow mean; the colours mean it, too, where they are not those of runs. */
function CandleKeys({ series, scheme }: CandleKeysProps) {
  const neutral = isNeutral(series.tag);
  const words = neutral ? neutralLegend(series.tag) : legend(series.tag, series.polarity, scheme);
  const tone = scheme === null || neutral ? " mono" : "";
  return (
    <>
      <span>
        <i class={`key key-worse${tone}`} /> <Sized words={words.worse} />
      </span>
      <span>
        <i class={`key key-better${tone}`} /> <Sized words={words.better} />
      </span>
    </>
  );
}

const LineKeys = () => (
  <>
    <span>
      <i class="key key-line" /> <Sized words={LINE_LEGEND.line} />
    </span>
    <span>
      <i class="key key-band" /> <Sized words={LINE_LEGEND.band} />
    </span>
  </>
);

/** The other runs by name with their closes at the crosshair, or what their lines are where they are many. */
function RunKeys({ model, isSide }: { readonly model: CandleModel; readonly isSide: boolean }) {
  const runs = isSide ? model.runs.value : model.runs.value.slice(1);
  const bucket = model.reading.value?.bucket;
  if (runs.length === 0) return null;
  if (bucket === undefined) {
    return (
      <span>
        <i class="key key-line" /> <Sized words={STRINGS.otherRuns} />
      </span>
    );
  }
  return <NamedRuns runs={runs} bucket={bucket} />;
}

/** As many as fit, and how many more there are. */
function NamedRuns({ runs, bucket }: { readonly runs: readonly DrawnRun[]; readonly bucket: number }) {
  const row = useRef<HTMLSpanElement>(null);
  const fitting = useSignal(runs.length);
  const measure = useCallback(() => {
    const keys = [...(row.current?.children ?? [])] as HTMLElement[];
    const top = keys[0]?.offsetTop ?? 0;
    fitting.value = keys.filter(({ offsetTop }) => offsetTop === top).length;
  }, [fitting]);
  const named = runs.slice(0, MOST_NAMED);
  // Measured after the page was laid out anyway: asking at each move of a hand would lay it out twice.
  useLayoutEffect(() => {
    const watch = new ResizeObserver(measure);
    for (const one of [row.current, ...(row.current?.children ?? [])]) if (one) watch.observe(one);
    return () => watch.disconnect();
  }, [measure, named.map(({ candles }) => candles.run).join("\n")]);
  const beyond = runs.slice(fitting.value).map(({ candles }) => candles.run);
  return (
    <span class="run-keys">
      <span class="run-keys-row" ref={row}>
        {named.map(({ candles, colour }) => (
          <span
            key={candles.run}
            class="run-key"
            data-testid="run-key"
            data-run={candles.run}
            title={candles.run}
          >
            <i class="swatch" style={{ background: colour }} /> <RunName run={candles.run} />{" "}
            <b>{closeAt(candles, bucket)}</b>
          </span>
        ))}
      </span>
      {beyond.length > 0 && (
        <span class="run-keys-more" data-testid="run-keys-more" title={beyond.map(isolated).join("\n")}>
          {moreRuns(formatInteger(beyond.length))}
        </span>
      )}
    </span>
  );
}

function closeAt(candles: Candles, bucket: number): string {
  const { row } = readingAt(candles, bucket, null) ?? { row: -1 };
  return formatDigitsOrNone(candles.columns.close[row] ?? Number.NaN);
}

const formatDigitsOrNone = (value: number): string =>
  Number.isFinite(value) ? formatDigits(value, 4) : STRINGS.empty;
