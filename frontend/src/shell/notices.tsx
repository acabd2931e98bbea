import { useSignal } from "@preact/signals";
import { useCallback } from "preact/hooks";
import type { Problem, Runs } from "../api/types.ts";
import { formatBytes, formatInteger } from "../base/format.ts";
import { atByte, loadingShare, problemsTitle, STRINGS } from "../base/strings.ts";
import { useDismiss } from "../widgets/dismiss.ts";
import { Countdown } from "./countdown.tsx";
import type { AppState } from "./state.ts";

const MOST_PROBLEMS_LISTED = 200;

/** What stands in the way of exact data, beside the chart and never instead of it. */
export function Notices({ state }: { readonly state: AppState }) {
  const runs = state.runs.value;
  return (
    <div class="notices">
      {runs && isLoading(runs) && <LoadingBar runs={runs} where="top" />}
      {runs && !runs.exact && (
        <span class="badge warning" data-testid="sampled-badge" title={STRINGS.sampledHint}>
          {STRINGS.sampled}
          <span class="badge-words">: {STRINGS.sampledHint}</span>
        </span>
      )}
      {runs && runs.problems.length > 0 && <Problems problems={runs.problems} count={runs.problemCount} />}
    </div>
  );
}

export const isLoading = ({ loading }: Runs): boolean => loading.done < loading.total;

function share({ loading }: Runs): number {
  return loading.bytesTotal > 0 ? loading.bytesRead / loading.bytesTotal : 0;
}

function loadingWords({ loading }: Runs): string {
  const { done, total, bytesRead, bytesTotal } = loading;
  return loadingShare(done, total, formatBytes(bytesRead), formatBytes(bytesTotal));
}

interface LoadingBarProps {
  readonly runs: Runs;
  readonly where: "top" | "side" | "page";
}

/** How far reading is; beside the lists where there is room, so that its end does not move the chart. */
export function LoadingBar({ runs, where }: LoadingBarProps) {
  return (
    <span class={`loading loading-${where}`} data-testid={`loading-${where}`}>
      <progress max={1} value={share(runs)} aria-label={STRINGS.loadingTitle} />
      <span>{loadingWords(runs)}</span>
    </span>
  );
}

function Problems({ problems, count }: { readonly problems: readonly Problem[]; readonly count: number }) {
  const open = useSignal(false);
  const close = useCallback(() => {
    open.value = false;
  }, [open]);
  const inside = useDismiss<HTMLDivElement>(open.value, close);
  return (
    <div class="problems" data-testid="problems" ref={inside}>
      <button
        type="button"
        class="badge warning"
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        {problemsTitle(count)}
      </button>
      {open.value && (
        <ul class="popover">
          {problems.slice(0, MOST_PROBLEMS_LISTED).map((problem, i) => (
            <li key={i}>
              <b>
                <bdi>{problem.run}</bdi>
              </b>
              : <bdi>{problem.what}</bdi>
              <small>
                <bdi>{problem.file}</bdi>
                {Number.isFinite(problem.offset) && atByte(formatInteger(problem.offset))}
              </small>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Lies over the foot of the page, so that nothing moves; what is on screen stays as it was. */
export function GoneBanner({ state }: { readonly state: AppState }) {
  const { failure, runs } = state;
  if (failure.value === null || runs.value === null) return null;
  return (
    <div class="banner" role="alert" data-testid="state-error">
      <b>{STRINGS.goneTitle}.</b> <span class="long">{STRINGS.goneText} </span>
      <Countdown to={failure.value.retryAt} />
    </div>
  );
}
