import type { Candles } from "../../api/types.ts";
import { formatInteger, formatWidth } from "../../base/format.ts";
import { clippedAtZero, legend, notPlaced, STRINGS, tooNarrow } from "../../base/strings.ts";
import { MAX_VISIBLE_CANDLES } from "../../data/level.ts";
import type { KnownSeries } from "../series.ts";
import type { CandleInputs, CandleModel } from "./model.ts";
import { Sized } from "./sized.tsx";

/** What the picture does not show as asked, and why. */
export function notesOf(model: CandleModel, { unplaced }: CandleInputs): string[] {
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
  if (unplaced.value > 0) notes.push(notPlaced(unplaced.value));
  return notes;
}

interface LegendProps {
  readonly series: KnownSeries | undefined;
  readonly focus: Candles | null;
  readonly others: number;
  readonly cut: boolean;
  readonly notes: readonly string[];
}

/** One row of fixed height: a note takes the place of keys, and never room from the chart. */
export function Legend({ series, focus, others, cut, notes }: LegendProps) {
  const words = series && legend(series.tag, series.polarity);
  const nonfinite = focus?.columns.nonfinite.some((count) => count > 0);
  return (
    <footer class={notes.length > 0 ? "legend noted" : "legend"} data-testid="legend">
      <div class="notes" role="status">
        {notes.map((note) => (
          <p key={note}>{note}</p>
        ))}
      </div>
      <span>
        <i class="key key-worse" /> {words && <Sized words={words.worse} />}
      </span>
      <span>
        <i class="key key-better" /> {words && <Sized words={words.better} />}
      </span>
      {nonfinite && (
        <span data-testid="nonfinite-key">
          <b class="key-cross">×</b> <Sized words={STRINGS.nonfinite} />
        </span>
      )}
      {cut && (
        <span data-testid="cut-key">
          <i class="key-arrow" /> <Sized words={STRINGS.beyond} />
        </span>
      )}
      {others > 0 && (
        <span>
          <i class="key key-line" /> <Sized words={STRINGS.otherRuns} />
        </span>
      )}
    </footer>
  );
}
