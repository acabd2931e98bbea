import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import { Fetching, NotFetched } from "./fetched.tsx";
import { WidgetHead } from "./head.tsx";
import type { WidgetProps } from "./widget.ts";

type View<Settings> = FunctionComponent<WidgetProps<Settings>>;

/**
 * A view whose code is fetched when the first widget of its kind is drawn, so that the tab does not wait for it.
 * Until then there is the head alone, as over a widget that is not in sight.
 */
export function later<Settings>(fetchView: () => Promise<View<Settings>>): View<Settings> {
  const fetching = new Fetching<WidgetProps<Settings>>(async () => {
    const [view] = await Promise.all([fetchView(), import("./laterSheet.ts")]);
    return view;
  });
  const { part, problem } = fetching;
  return (props) => {
    const Fetched = part.value;
    useEffect(() => void fetching.start(), []);
    if (Fetched !== null) return <Fetched {...props} />;
    const { frame } = props;
    return (
      <section class="widget" data-testid="fetched-widget" aria-busy={problem.value === null}>
        <WidgetHead frame={frame} title={<bdi class="title">{frame.title}</bdi>} />
        {problem.value !== null && <NotFetched problem={problem.value} />}
      </section>
    );
  };
}
