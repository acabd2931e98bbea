import type { Signal } from "@preact/signals";
import type { HTMLAttributes } from "preact";
import type { LineSeries } from "../../chart/lineGeometry.ts";
import { RunName } from "../runName.tsx";

interface RunChipProps extends HTMLAttributes<HTMLLIElement> {
  readonly line: LineSeries;
  /** What the names of all runs beside it begin with. */
  readonly common: string;
  /** The run that is pointed at, whose line stands out. */
  readonly picked: Signal<string | null>;
}

/** A run in a read-out, by its colour and name; its numbers are the children. */
export function RunChip({ line: { run, colour }, common, picked, children, ...attributes }: RunChipProps) {
  return (
    <li
      class="line-chip"
      {...attributes}
      data-run={run}
      onPointerEnter={() => {
        picked.value = run;
      }}
      onPointerLeave={() => {
        picked.value = null;
      }}
    >
      <span class="swatch" style={{ background: colour }} />
      <span class="chip-run">
        <RunName run={run} common={common} />
      </span>
      {children}
    </li>
  );
}
