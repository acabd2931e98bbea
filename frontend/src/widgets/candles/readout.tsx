import { useSignal } from "@preact/signals";
import type { CandleColumn } from "../../api/types.ts";
import { formatTimeOfDay } from "../../base/clock.ts";
import { formatBucket, formatDigits, formatDuration, formatInteger, formatValue } from "../../base/format.ts";
import { atStep, READOUT, STRINGS, tookTime, volumeTitle, withUnit } from "../../base/strings.ts";
import { Term } from "../term.tsx";
import { columnOf, type Reading } from "./reading.ts";
import { Sized } from "./sized.tsx";

type CellName = keyof typeof READOUT;

interface CellProps {
  readonly name: CellName;
  readonly reading: Reading | null;
  readonly format: (value: number) => string;
  /** Where there is little room. */
  readonly short?: (value: number) => string;
  readonly note?: string | undefined;
  readonly hint?: string | undefined;
}

const IN_THE_UNIT: ReadonlySet<string> = new Set(["open", "high", "low", "close", "mean", "std"]);

/** The number with its unit, for where there is room for it. */
function inUnit(name: CellName, reading: Reading | null, value: number): string {
  const unit = reading?.candles.unit ?? null;
  return unit !== null && IN_THE_UNIT.has(name) && Number.isFinite(value)
    ? withUnit(formatValue(value), unit)
    : "";
}

/** One number of the candle under the crosshair; `data-value` carries the double itself. */
function Cell({ name, reading, format, short, note, hint }: CellProps) {
  const value = reading === null || reading.row < 0 ? Number.NaN : columnOf(reading, name as CandleColumn);
  return (
    <div
      class={`cell cell-${name}`}
      title={[inUnit(name, reading, value), note, hint].filter(Boolean).join(". ")}
    >
      <dt>
        <Term name={name}>{READOUT[name]}</Term>
        {note && <span class="note"> {note}</span>}
      </dt>
      <dd data-testid={`readout-${name}`} data-value={Number.isFinite(value) ? String(value) : ""}>
        <Sized words={{ long: format(value), short: (short ?? format)(value) }} />
      </dd>
    </div>
  );
}

const formatShort = (value: number): string =>
  Number.isFinite(value) ? formatDigits(value, 4) : STRINGS.empty;

function stepNote(reading: Reading | null, column: "high_step" | "low_step"): string | undefined {
  if (reading === null || reading.row < 0) return undefined;
  const step = columnOf(reading, column);
  return Number.isFinite(step) ? atStep(formatInteger(step)) : undefined;
}

/** Where the candle lies; on the other axes also which steps it holds. */
function place(reading: Reading | null, clock: boolean): { readonly title: string; readonly note: string } {
  if (reading === null) return { title: STRINGS.empty, note: "" };
  const { by, width } = reading.candles;
  const isDated = clock && by === "seconds" && reading.row >= 0;
  const title = isDated
    ? formatTimeOfDay(columnOf(reading, "start_time"), width)
    : formatBucket(by, reading.bucket, width);
  if (reading.row < 0) return { title, note: STRINGS.noPoints };
  const seconds = columnOf(reading, "end_time") - columnOf(reading, "start_time");
  const [first, last] = [columnOf(reading, "first_step"), columnOf(reading, "last_step")];
  const steps = formatBucket("steps", first, last - first + 1);
  const took = seconds > 0 ? tookTime(formatDuration(Number(seconds.toPrecision(3)))) : "";
  return { title, note: by === "steps" ? took : steps };
}

interface ReadoutProps {
  readonly reading: Reading | null;
  /** Whether the axis says what time it was. */
  readonly clock: boolean;
}

/** The candle under the crosshair in plain words, in a bar whose height never changes. */
export function Readout({ reading, clock }: ReadoutProps) {
  const all = useSignal(false);
  const { title, note } = place(reading, clock);
  const volume = reading && volumeTitle(reading.candles.volume);
  return (
    <div class={all.value ? "readout-bar all" : "readout-bar"}>
      <dl class="readout" data-testid="readout">
        <div class="cell cell-place">
          <dt>{note || "\u00a0"}</dt>
          <dd title={title}>{title}</dd>
        </div>
        <Cell name="open" reading={reading} format={formatValue} short={formatShort} />
        <Cell
          name="high"
          reading={reading}
          format={formatValue}
          short={formatShort}
          note={stepNote(reading, "high_step")}
        />
        <Cell
          name="low"
          reading={reading}
          format={formatValue}
          short={formatShort}
          note={stepNote(reading, "low_step")}
        />
        <Cell name="close" reading={reading} format={formatValue} short={formatShort} />
        <Cell name="mean" reading={reading} format={formatValue} />
        <Cell name="std" reading={reading} format={formatValue} />
        <Cell name="count" reading={reading} format={formatInteger} />
        <Cell name="nonfinite" reading={reading} format={formatInteger} />
        <Cell
          name="volume"
          reading={reading}
          format={reading?.candles.volume === "count" ? formatInteger : formatValue}
          hint={volume ?? undefined}
        />
      </dl>
      <button
        type="button"
        class="link readout-more"
        data-testid="readout-more"
        aria-expanded={all.value}
        onClick={() => {
          all.value = !all.value;
        }}
      >
        {all.value ? STRINGS.less : STRINGS.more}
      </button>
    </div>
  );
}

/** The same for a screen reader, said when the keyboard moves the crosshair. */
export function spoken(reading: Reading | null): string {
  if (reading === null) return "";
  const { title, note } = place(reading, false);
  if (reading.row < 0) return `${title}: ${note}`;
  const words = (["open", "high", "low", "close"] as const).map(
    (name) => `${READOUT[name]} ${withUnit(formatValue(columnOf(reading, name)), reading.candles.unit)}`,
  );
  return `${title}: ${words.join(", ")}`;
}
