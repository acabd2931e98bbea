import type { ComponentChildren } from "preact";
import { firstDirectory, pythonLiteral } from "../base/logdir.ts";
import { emptySnippet, STRINGS } from "../base/strings.ts";
import { Code } from "../widgets/code.tsx";
import { Countdown } from "./countdown.tsx";
import { isLoading, LoadingBar } from "./notices.tsx";
import type { AppState } from "./state.ts";

interface PlaceholderProps {
  readonly state: AppState;
  /** Opens the dashboard all the same, where trainings can be started from it. */
  readonly enter: () => void;
}

/** What fills the page while there is nothing to draw: it says why, and what to do. */
export function Placeholder({ state, enter }: PlaceholderProps) {
  const runs = state.runs.value;
  if (runs === null) return state.failure.value === null ? <Connecting /> : <Gone state={state} />;
  if (isLoading(runs)) {
    return (
      <Page testId="state-loading" title={STRINGS.loadingTitle}>
        <LoadingBar runs={runs} where="page" />
      </Page>
    );
  }
  if (state.logdir.value === null) return <Connecting />;
  return <Empty logdir={state.logdir.value} enter={state.rights.config.value?.launch ? enter : null} />;
}

const Connecting = () => (
  <Page testId="state-loading" title={STRINGS.connecting}>
    <progress aria-label={STRINGS.connecting} />
  </Page>
);

const Gone = ({ state }: { state: AppState }) => (
  <Page testId="state-error" title={STRINGS.goneTitle}>
    <p>{STRINGS.goneText}</p>
    <p>
      <Countdown to={state.failure.value?.retryAt ?? 0} />
    </p>
  </Page>
);

function Empty({ logdir, enter }: { readonly logdir: string; readonly enter: (() => void) | null }) {
  const directory = firstDirectory(logdir);
  return (
    <Page testId="state-empty" title={STRINGS.emptyTitle}>
      <p>
        <bdi>{logdir || STRINGS.emptyLogdir}</bdi> {STRINGS.emptyText}
      </p>
      <Code text={emptySnippet(directory && pythonLiteral(directory))} />
      <p>{STRINGS.emptyOther}</p>
      {enter && (
        <p>
          <button type="button" class="plain" data-testid="enter" onClick={enter}>
            {STRINGS.emptyStart}
          </button>
        </p>
      )}
    </Page>
  );
}

function Page({ testId, title, children }: { testId: string; title: string; children: ComponentChildren }) {
  return (
    <section class="placeholder" data-testid={testId} role="status">
      <h1>{title}</h1>
      {children}
    </section>
  );
}
