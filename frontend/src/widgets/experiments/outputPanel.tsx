import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { type Instance, outputPath } from "../../api/experiments.ts";
import { EXPERIMENTS, outputOf } from "../../base/words/experiments.ts";
import type { Workspace } from "../workspace.ts";
import { Output } from "./output.ts";
import { plain } from "./printed.ts";

// As near to its end as this, it keeps to it.
const NEAR_END_PX = 24;

interface OutputPanelProps {
  readonly workspace: Workspace;
  readonly instance: Instance;
}

/** The end of what an instance has printed, which is followed until somebody scrolls up. */
export function OutputPanel({ workspace, instance: { id, run, outputEnd } }: OutputPanelProps) {
  const output = useMemo(() => new Output(workspace, id), [workspace, id]);
  useEffect(() => output.follow(), [output]);
  const panel = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  const text = output.text.value ?? plain(outputEnd);
  useLayoutEffect(() => {
    if (isAtEnd.current && panel.current) panel.current.scrollTop = panel.current.scrollHeight;
  }, [text]);
  return (
    <div class="instance-output">
      <pre
        class="code-lines"
        ref={panel}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        tabIndex={0}
        role="log"
        aria-label={outputOf(run)}
        data-testid="instance-output"
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
        }}
      >
        {output.refusal.value ?? (text === "" ? EXPERIMENTS.noOutput : text)}
      </pre>
      {output.isCut.value && <span class="field-help">{EXPERIMENTS.onlyEnd}</span>}
      <a href={workspace.client.address(outputPath(id))} target="_blank" rel="noreferrer">
        {EXPERIMENTS.wholeOutput}
      </a>
    </div>
  );
}
