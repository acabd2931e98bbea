import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { STRINGS } from "../../base/strings.ts";
import { actOn, chartKeys, type Moved } from "../keys.ts";
import { StillShown } from "../stillShown.tsx";

/** A chart of lines, whatever its settings. */
interface Attached extends Moved {
  readonly busy: ReadonlySignal<boolean>;
  readonly old: ReadonlySignal<string | null>;
  attach(element: HTMLElement): () => void;
  leave(): void;
}

interface ChartAreaProps {
  readonly model: Attached;
  /** By which scripts and tests find it: `line` is `line-chart`. */
  readonly name: string;
  readonly role: string;
  readonly label: string;
  /** Why there is no chart; null: there is. */
  readonly why: string | null;
  /** What is on screen, for scripts and tests. */
  readonly data: Readonly<Record<`data-${string}`, number | undefined>>;
  /** What keys do beyond those of all charts. */
  readonly keys?: Readonly<Record<string, () => void>>;
  /** The run in focus in words, which is said when keys move the crosshair. */
  readonly spoken: () => string;
}

/** Where lines are drawn, and what is said of them. */
export function ChartArea({ model, name, role, label, why, data, keys, spoken }: ChartAreaProps) {
  const host = useRef<HTMLDivElement>(null);
  const announced = useSignal("");
  useEffect(() => (host.current ? model.attach(host.current) : undefined), [model]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!actOn(event, { ...chartKeys(model, event), Escape: () => model.leave(), ...keys })) return;
    event.preventDefault();
    announced.value = spoken();
  };
  return (
    <div
      class="chart line-chart"
      data-testid={`${name}-chart`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the chart is operated by keys, which needs focus
      tabIndex={0}
      role="application"
      aria-roledescription={role}
      aria-label={label}
      aria-busy={model.busy.value}
      {...data}
      onKeyDown={onKeyDown}
      onBlur={() => model.leave()}
    >
      <div class="canvas" ref={host} />
      <StillShown old={model.old.value} />
      {why !== null && <ChartError why={why} testId={`${name}-error`} />}
      <div class="unseen" aria-live="polite">
        {announced.value}
      </div>
    </div>
  );
}

function ChartError({ why, testId }: { readonly why: string; readonly testId: string }) {
  return (
    <div class="chart-error" role="alert" data-testid={testId}>
      <h2>{STRINGS.chartErrorTitle}</h2>
      <p>
        <bdi>{why}</bdi>
      </p>
    </div>
  );
}
