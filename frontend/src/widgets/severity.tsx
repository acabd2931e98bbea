import type { Severity } from "../base/severity.ts";
import { kindWords } from "../base/words/alerts.ts";

const SHAPES: Readonly<Record<Severity, string>> = {
  critical: "M10 0 20 10 10 20 0 10z",
  warning: "M10 1 20 19H0z",
  info: "M10 1a9 9 0 1 1 0 18a9 9 0 0 1 0-18z",
};

interface SeverityMarkProps {
  readonly severity: Severity;
  /** Whose letter it holds; none: the shape alone. */
  readonly kind?: string;
}

/** The mark of an alert as charts draw it: the shape says how grave it is, the letter which kind. */
export const SeverityMark = ({ severity, kind }: SeverityMarkProps) => (
  <svg class={`severity ${severity}`} viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">
    <path d={SHAPES[severity]} />
    {kind !== undefined && (
      <text x="10" y={severity === "warning" ? 17 : 14}>
        {kindWords(kind).letter}
      </text>
    )}
  </svg>
);
