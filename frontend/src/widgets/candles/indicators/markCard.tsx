import type { Alert } from "../../../api/alerts.ts";
import type { FoundPattern } from "../../../api/types.ts";
import { andMore, kindWords, MARK_WORDS, SEVERITY_NAMES, stepsOf } from "../../../base/words/alerts.ts";
import type { Mark } from "../../../chart/extras.ts";
import { SeverityMark } from "../../severity.tsx";
import type { ExtrasModel } from "./model.ts";

const WIDTH_PX = 320;
const GAP_PX = 14;
const EDGE_PX = 6;
const MOST_LISTED = 5;

interface MarkCardProps {
  readonly extras: ExtrasModel;
  readonly plotPx: number;
}

/** What a mark on the chart says, beside it. */
export function MarkCard({ extras, plotPx }: MarkCardProps) {
  const mark = extras.mark.value;
  if (mark === null) return null;
  const { alerts, patterns } = mark;
  const listed = alerts.slice(0, MOST_LISTED);
  const shapes = patterns.slice(0, MOST_LISTED - listed.length);
  const more = alerts.length + patterns.length - listed.length - shapes.length;
  return (
    <div class="mark-card" role="tooltip" data-testid="mark-card" style={placeOf(mark, plotPx)}>
      {listed.map((alert) => (
        <AlertWords key={`${alert.detector}@${alert.firstStep}`} alert={alert} />
      ))}
      {shapes.map((pattern) => (
        <PatternWords key={`${pattern.name}@${pattern.x}`} pattern={pattern} extras={extras} />
      ))}
      {more > 0 && <p class="hint">{andMore(more)}</p>}
    </div>
  );
}

function placeOf({ x, y }: Mark, plotPx: number) {
  const width = Math.min(WIDTH_PX, plotPx - 2 * EDGE_PX);
  const left = Math.max(EDGE_PX, Math.min(plotPx - width - EDGE_PX, x - width / 2));
  return { left: `${left}px`, top: `${y + GAP_PX}px`, width: `${width}px` };
}

const AlertWords = ({ alert }: { readonly alert: Alert }) => (
  <div class="mark-words">
    <p>
      <SeverityMark severity={alert.severity} kind={alert.kind} /> <b>{kindWords(alert.kind).one}</b>
      <small>
        {SEVERITY_NAMES[alert.severity]} · {stepsOf(alert.firstStep, alert.lastStep)}
      </small>
    </p>
    <p>
      <bdi>{alert.message}</bdi>
    </p>
  </div>
);

function PatternWords({ pattern, extras }: { readonly pattern: FoundPattern; readonly extras: ExtrasModel }) {
  const info = extras.registries.patterns.value?.find(({ name }) => name === pattern.name);
  return (
    <div class="mark-words" data-pattern={pattern.name}>
      <p>
        <b>{pattern.title}</b>
        <small>
          {MARK_WORDS.directions[pattern.direction]} · {stepsOf(pattern.firstStep, pattern.lastStep)}
        </small>
      </p>
      {info && <p>{info.explanation}</p>}
    </div>
  );
}
