import type { ComponentChildren } from "preact";
import type { ComparisonColumn } from "../../api/comparison.ts";
import {
  formatDigits,
  formatDuration,
  formatInteger,
  formatPercent,
  formatValue,
} from "../../base/format.ts";
import { STRINGS } from "../../base/strings.ts";
import {
  atShortStep,
  COMPARISON,
  DIRECTION_WORDS,
  nonfiniteSince,
  plusMinus,
  plusNonfinite,
  sinceStep,
  smallCandlesLabel,
  withoutNonfinite,
} from "../../base/words/comparison.ts";
import type { ColumnName } from "./columnNames.ts";
import { columnOf } from "./columns.ts";
import { differenceOf } from "./difference.ts";
import type { Rows } from "./rows.ts";
import { countOf, type Prices, pathsOf, pricesOf, SMALL_HEIGHT_PX, SMALL_WIDTH_PX } from "./smallCandles.ts";

export interface CellProps {
  readonly comparison: Rows;
  readonly row: number;
  /** Common to all rows; null: those of this row. */
  readonly prices: Prices | null;
}

const numberOf = ({ comparison, row }: CellProps, name: ComparisonColumn): number =>
  comparison.columns[name][row] ?? Number.NaN;

interface NumberProps {
  readonly value: number;
  readonly text: string;
  readonly note?: ComponentChildren;
  readonly class?: string;
}

/** A number as it is read, with all of its digits for who points at it. */
const NumberCell = ({ value, text, note, class: kind }: NumberProps) => (
  <td class={kind ? `number ${kind}` : "number"} title={Number.isFinite(value) ? String(value) : undefined}>
    <span class="value">{text}</span>
    {note && <small>{note}</small>}
  </td>
);

/** Whether it is a run that ends with no number: what came before does not tell how it stands. */
const standsNowhere = ({ comparison, row }: CellProps): boolean =>
  comparison.members === null && comparison.endedNonfinite[row] === 1;

const rough = (value: number): string => (Number.isFinite(value) ? formatDigits(value, 4) : STRINGS.empty);

const short = (value: number): string => (Number.isFinite(value) ? formatDigits(value, 5) : STRINGS.empty);

type Format = (value: number) => string;

/** How far the runs of a group differ; undefined where the row is one run, or of one value. */
function spreadOf({ comparison, row }: CellProps, name: ComparisonColumn, format: Format) {
  const spread = comparison.spread[name]?.[row] ?? Number.NaN;
  return Number.isNaN(spread) ? undefined : plusMinus(format(spread));
}

/** The last value; of a run that ends with no number since when that is, of a group how many such it has. */
function Last(props: CellProps) {
  const { comparison, row } = props;
  const [value, since] = [numberOf(props, "last"), numberOf(props, "nonfinite_since")];
  const ended = comparison.endedNonfinite[row] ?? 0;
  if (ended === 0) return <LastFinite {...props} />;
  if (comparison.members === null) {
    const step = formatInteger(since);
    const lastStep = formatInteger(numberOf(props, "last_finite_step"));
    const was = Number.isFinite(value) ? formatValue(value) : null;
    return (
      <td class="number nonfinite" title={nonfiniteSince(step, was, lastStep)}>
        <span class="value">{COMPARISON.nonfinite}</span>
        <small>{sinceStep(step)}</small>
      </td>
    );
  }
  const count = formatInteger(ended);
  const spread = spreadOf(props, "last", rough);
  return (
    <td class="number" title={withoutNonfinite(count)}>
      <span class="value">{short(value)}</span>
      {spread && <small>{spread}</small>}
      <small class="nonfinite">{plusNonfinite(count)}</small>
    </td>
  );
}

/** A value, and the step it is of. */
function stepped(name: "last" | "best" | "worst") {
  const ofStep = name === "last" ? "last_finite_step" : (`${name}_step` as const);
  return (props: CellProps) => {
    const [value, step] = [numberOf(props, name), numberOf(props, ofStep)];
    const note =
      props.comparison.members === null && Number.isFinite(step) && atShortStep(formatInteger(step));
    return <NumberCell value={value} text={short(value)} note={spreadOf(props, name, rough) ?? note} />;
  };
}

const LastFinite = stepped("last");

/** A value that is a mean where the row is a group. */
function averaged(name: ComparisonColumn, format: Format) {
  return (props: CellProps) => {
    const value = name === "drawdown" && standsNowhere(props) ? Number.NaN : numberOf(props, name);
    return <NumberCell value={value} text={format(value)} note={spreadOf(props, name, format)} />;
  };
}

function difference(name: "last" | "best") {
  return (props: CellProps) => {
    const { comparison, row } = props;
    if (comparison.runs[row] === comparison.baseline) return <td class="number">{COMPARISON.isBaseline}</td>;
    const by = comparison.difference[name][row] ?? Number.NaN;
    const found = differenceOf(numberOf(props, name), by, comparison.polarity);
    if (found === null || (name === "last" && standsNowhere(props)))
      return <NumberCell value={Number.NaN} text={STRINGS.empty} />;
    const share = found.percent === null ? "" : ` ${found.percent}`;
    return (
      <NumberCell
        value={by}
        class={found.direction}
        text={`${found.arrow} ${found.text}`}
        note={`${DIRECTION_WORDS[found.direction]}${share}`}
      />
    );
  };
}

function plain(name: ComparisonColumn, format: Format) {
  return (props: CellProps) => {
    const value = numberOf(props, name);
    return <NumberCell value={value} text={format(value)} />;
  };
}

/** A count that should be none. */
function count(name: "nonfinite" | "alerts", sign: string) {
  return (props: CellProps) => {
    const value = numberOf(props, name);
    const text = formatInteger(value);
    return value > 0 ? (
      <NumberCell value={value} text={`${sign} ${text}`} class={name} />
    ) : (
      <NumberCell value={value} text={text} />
    );
  };
}

function Duration(props: CellProps) {
  const seconds = columnOf("duration").values?.(props.comparison)[props.row] ?? Number.NaN;
  return <NumberCell value={seconds} text={formatDuration(seconds < 60 ? seconds : Math.round(seconds))} />;
}

function Candles(props: CellProps) {
  const { comparison, row } = props;
  const { small, polarity } = comparison;
  const own = pricesOf(small, [row]);
  if (own === null) return <td class="small-candles">{STRINGS.empty}</td>;
  const paths = pathsOf(small, row, props.prices ?? own, polarity);
  const begin = row * small.perRun;
  const [open, close] = [small.prices.open[begin], small.prices.close[begin + countOf(small, row) - 1]];
  const label = smallCandlesLabel(
    ...([open, close, own.low, own.high].map((price) => formatValue(price ?? Number.NaN)) as Four),
  );
  return (
    <td class="small-candles">
      <svg width={SMALL_WIDTH_PX} height={SMALL_HEIGHT_PX} role="img" aria-label={label}>
        <title>{label}</title>
        <path class="worse" d={paths.worse} />
        <path class="better" d={paths.better} />
        <path class="same" d={paths.same} />
      </svg>
    </td>
  );
}

type Four = [string, string, string, string];

/** How each column is drawn. */
export const CELLS: Readonly<Record<ColumnName, (props: CellProps) => ComponentChildren>> = {
  candles: Candles,
  last: Last,
  last_difference: difference("last"),
  best: stepped("best"),
  best_difference: difference("best"),
  worst: stepped("worst"),
  mean: averaged("mean", short),
  volatility: averaged("volatility", formatPercent),
  atr: averaged("atr", rough),
  drawdown: averaged("drawdown", rough),
  points: plain("points", formatInteger),
  nonfinite: count("nonfinite", "×"),
  alerts: count("alerts", "⚠\ufe0e"),
  duration: Duration,
};
