import { Code } from "./code.tsx";

interface NothingProps {
  readonly title?: string;
  readonly words: string;
  /** Lines that bring something about. */
  readonly code?: string;
  readonly more?: string;
  readonly isAlert?: boolean;
  readonly testId?: string;
}

/** What stands in a widget that has nothing to show: why, and what to do. */
export function Nothing({ title, words, code, more, isAlert = false, testId }: NothingProps) {
  return (
    <div class="nothing" role={isAlert ? "alert" : "status"} data-testid={testId}>
      {title !== undefined && <h2>{title}</h2>}
      <p>
        <bdi>{words}</bdi>
      </p>
      {code !== undefined && <Code text={code} />}
      {more !== undefined && <p>{more}</p>}
    </div>
  );
}
