import type { ComponentChildren } from "preact";
import { formatInteger } from "../../base/format.ts";
import { ANALYSIS } from "../../base/words/plot.ts";
import type { Analysed, Analysis } from "./analysis.ts";

interface AnalysisAreaProps<Query, Found extends Analysed> {
  readonly analysis: Analysis<Query, Found>;
  /** What is said while there is nothing to ask: no run, no tag. */
  readonly empty: string;
  readonly children: (answer: Found) => ComponentChildren;
}

/** What the server found, or why it is not there: what comes is said over what is still shown. */
export function AnalysisArea<Query, Found extends Analysed>({
  analysis,
  empty,
  children,
}: AnalysisAreaProps<Query, Found>) {
  const { answer, refusal, isOld, progress } = analysis;
  if (analysis.query.value === null) return <p class="in-place hint">{empty}</p>;
  if (refusal.value !== null)
    return (
      <p class="in-place" role="alert" data-testid="refusal">
        <bdi>{refusal.value}</bdi>
      </p>
    );
  const found = answer.value;
  const isBusy = found === null || isOld.value || progress.value !== null;
  return (
    <div class={isOld.value ? "analysis old" : "analysis"} data-testid="analysis" aria-busy={isBusy}>
      {isBusy && <ProgressLine analysis={analysis} />}
      {found !== null && <div class="analysis-found">{children(found)}</div>}
    </div>
  );
}

function ProgressLine<Query, Found extends Analysed>({
  analysis,
}: {
  readonly analysis: Analysis<Query, Found>;
}) {
  const progress = analysis.isOld.value ? null : analysis.progress.value;
  const words = progress
    ? ANALYSIS.progress(progress.what, formatInteger(progress.done), formatInteger(progress.total))
    : ANALYSIS.computing;
  return (
    <p class="analysis-progress" data-testid="analysis-progress">
      {words}{" "}
      {progress && progress.total > 0 && (
        <progress value={progress.done} max={progress.total} aria-label={words} />
      )}
    </p>
  );
}
