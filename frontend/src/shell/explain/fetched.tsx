import { useSignal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import type { GlossaryAt } from "./button.tsx";

interface ExplainProps {
  readonly at: GlossaryAt;
}

/** All that explains, fetched once the rest is drawn; where that failed, again as the glossary is asked for. */
export function FetchedExplain({ at }: ExplainProps) {
  const fetched = useSignal<FunctionComponent<ExplainProps> | null>(null);
  useEffect(() => {
    const start = async () => {
      const { Explain } = await import("./explain.tsx");
      fetched.value = Explain;
    };
    if (fetched.peek() === null) void start();
  }, [at.value, fetched]);
  const Explain = fetched.value;
  return Explain && <Explain at={at} />;
}
