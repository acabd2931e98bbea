import { type Signal, useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import type { Pair, Predictions } from "../../api/outputs.ts";
import { formatCompact, formatInteger } from "../../base/format.ts";
import { cellWords, OUTPUTS } from "../../base/words/outputs.ts";
import { type Cell, type Matrix, matrixOf, mistakesOf, nameOf } from "./examples.ts";

interface ConfusionProps {
  readonly predictions: Predictions;
  /** Whose examples are shown. */
  readonly cell: Signal<Cell | null>;
}

/** Which class was taken for which, over all examples. */
export function Confusion({ predictions, cell }: ConfusionProps) {
  const { classes, confusion } = predictions;
  const matrix = useMemo(() => matrixOf(predictions), [predictions]);
  return matrix === null ? (
    <Mistakes classes={classes} pairs={mistakesOf(confusion ?? [])} cell={cell} />
  ) : (
    <MatrixTable matrix={matrix} cell={cell} />
  );
}

const isSame = (a: Cell | null, b: Cell): boolean => a?.label === b.label && a.predicted === b.predicted;

/** Shows the examples of a cell, or of all once more. */
const toggle = (cell: Signal<Cell | null>, to: Cell): void => {
  cell.value = isSame(cell.value, to) ? null : to;
};

interface MatrixTableProps {
  readonly matrix: Matrix;
  readonly cell: Signal<Cell | null>;
}

/** A heat map with its numbers: one stop for the Tab key, arrows go on from there. */
function MatrixTable({ matrix, cell }: MatrixTableProps) {
  const { names } = matrix;
  const left = useSignal<Cell>({ label: 0, predicted: 0 });
  const stop = within(left.value, names.length);
  const table = useRef<HTMLTableElement>(null);
  const press = (event: KeyboardEvent) => {
    const to = moved(event.key, stop, names.length);
    if (to === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    left.value = to;
    table.current?.querySelectorAll<HTMLElement>("button")[to.label * names.length + to.predicted]?.focus();
  };
  return (
    <div class="confusion" data-testid="confusion">
      <table ref={table} aria-label={OUTPUTS.confusion} title={OUTPUTS.confusionKeys} onKeyDown={press}>
        <thead>
          <tr>
            <td class="confusion-corner">{OUTPUTS.trueDown}</td>
            {names.map((name, predicted) => (
              <th key={predicted} scope="col" title={name}>
                <bdi>{name}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((name, label) => (
            <tr key={label}>
              <th scope="row" title={name}>
                <bdi>{name}</bdi>
              </th>
              {names.map((_, predicted) => (
                <CellButton
                  key={predicted}
                  matrix={matrix}
                  at={{ label, predicted }}
                  cell={cell}
                  isStop={isSame(stop, { label, predicted })}
                  left={left}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">{OUTPUTS.confusionHint}</p>
    </div>
  );
}

/** The cell of a matrix of so many classes that is nearest: another step may have fewer of them. */
export function within({ label, predicted }: Cell, count: number): Cell {
  const inside = (at: number) => Math.max(0, Math.min(count - 1, at));
  return { label: inside(label), predicted: inside(predicted) };
}

/** Where a key leads to; null where it leads nowhere. */
export function moved(key: string, { label, predicted }: Cell, count: number): Cell | null {
  const targets: Readonly<Record<string, Cell>> = {
    ArrowLeft: { label, predicted: predicted - 1 },
    ArrowRight: { label, predicted: predicted + 1 },
    ArrowUp: { label: label - 1, predicted },
    ArrowDown: { label: label + 1, predicted },
    Home: { label, predicted: 0 },
    End: { label, predicted: count - 1 },
  };
  const target = targets[key];
  return target ? within(target, count) : null;
}

interface CellButtonProps extends MatrixTableProps {
  readonly at: Cell;
  /** Whether the Tab key comes to it. */
  readonly isStop: boolean;
  /** Where the keyboard was last. */
  readonly left: Signal<Cell>;
}

function CellButton({ matrix, at, cell, isStop, left }: CellButtonProps) {
  const { names, counts, strengths } = matrix;
  const place = at.label * names.length + at.predicted;
  const count = counts[place] ?? 0;
  const words = cellWords(names[at.label] ?? "", names[at.predicted] ?? "", formatInteger(count));
  return (
    <td>
      <button
        type="button"
        class={at.label === at.predicted ? "hit" : "miss"}
        style={{ "--share": strengths[place] }}
        aria-label={words}
        aria-pressed={isSame(cell.value, at)}
        title={words}
        tabIndex={isStop ? 0 : -1}
        data-testid={`cell-${at.label}-${at.predicted}`}
        onClick={() => {
          left.value = at;
          toggle(cell, at);
        }}
      >
        {count === 0 ? "" : formatCompact(count)}
      </button>
    </td>
  );
}

interface MistakesProps {
  readonly classes: readonly string[];
  readonly pairs: readonly Pair[];
  readonly cell: Signal<Cell | null>;
}

/** Of very many classes the pairs that are mistaken most. */
const Mistakes = ({ classes, pairs, cell }: MistakesProps) => (
  <div class="confusion mistakes" data-testid="mistakes">
    <h2>{OUTPUTS.mistakes}</h2>
    <p class="hint">{OUTPUTS.mistakesHint}</p>
    <ol>
      {pairs.map(({ label, predicted, count }) => (
        <li key={`${label} ${predicted}`}>
          <button
            type="button"
            aria-pressed={isSame(cell.value, { label, predicted })}
            onClick={() => toggle(cell, { label, predicted })}
          >
            <b>
              <bdi>{nameOf(classes, label)}</bdi>
            </b>{" "}
            {OUTPUTS.takenFor}{" "}
            <b>
              <bdi>{nameOf(classes, predicted)}</bdi>
            </b>
            : {formatInteger(count)}
          </button>
        </li>
      ))}
    </ol>
  </div>
);
