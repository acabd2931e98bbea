import { signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import { FETCHING } from "../base/words/fetching.ts";
import { WidgetHead } from "./head.tsx";
import type { WidgetProps } from "./widget.ts";

type View<Settings> = FunctionComponent<WidgetProps<Settings>>;

/**
 * A view whose code is fetched when the first widget of its kind is drawn, so that the tab does not wait for it.
 * Until then there is the head alone, as over a widget that is not in sight.
 */
export function later<Settings>(fetchView: () => Promise<View<Settings>>): View<Settings> {
  const fetched = signal<View<Settings> | null>(null);
  const problem = signal<string | null>(null);
  const start = async () => {
    try {
      const view = await fetchView();
      fetched.value = view;
    } catch (error) {
      // The server is gone, or has another version of this tab by now: whoever looks has to know.
      problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  return (props) => {
    const Fetched = fetched.value;
    useEffect(() => {
      if (fetched.peek() === null && problem.peek() === null) void start();
    }, []);
    if (Fetched !== null) return <Fetched {...props} />;
    const { frame } = props;
    return (
      <section class="widget" data-testid="fetched-widget" aria-busy={problem.value === null}>
        <WidgetHead frame={frame} title={<bdi class="title">{frame.title}</bdi>} />
        {problem.value !== null && (
          <div class="widget-blank" role="alert">
            <p>{FETCHING.failed}</p>
            <p>
              <bdi>{problem.value}</bdi>
            </p>
            {/* Browsers do not fetch a module again that they could not get once. */}
            <button type="button" class="plain" onClick={() => window.location.reload()}>
              {FETCHING.reload}
            </button>
          </div>
        )}
      </section>
    );
  };
}
