import { useSignal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import type { GlossaryAt } from "./button.tsx";

export interface ExplainProps {
  readonly at: GlossaryAt;
  /** Whether a first visit is shown around: not while it looks at somebody else's dashboard. */
  readonly tours: boolean;
}

/** All that explains, fetched once the rest is drawn; where that failed, again as the glossary is asked for. */
export function FetchedExplain({ at, tours }: ExplainProps) {
  const fetched = useSignal<FunctionComponent<ExplainProps> | null>(null);
  useEffect(() => {
    const start = async () => {
      const { Explain } = await import("./explain.tsx");
      fetched.value = Explain;
    };
    if (fetched.peek() === null) void start();
  }, [at.value, fetched]);
  const Explain = fetched.value;
  return Explain && <Explain at={at} tours={tours} />;
}
