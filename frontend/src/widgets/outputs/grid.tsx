import type { Signal } from "@preact/signals";
import { imagePath, type Outputs, type Predictions } from "../../api/outputs.ts";
import { formatDigits, formatInteger } from "../../base/format.ts";
import { cellShown, imageWords, OUTPUTS, shownOf } from "../../base/words/outputs.ts";
import type { Workspace } from "../workspace.ts";
import { nameOf, rowCount, type Score, topScores } from "./examples.ts";
import type { OutputsModel } from "./model.ts";
import type { OutputsSettings } from "./settings.ts";

/** More than these nobody looks through; a filter finds the others. */
const MOST_SHOWN = 256;

interface ExamplesProps {
  readonly workspace: Workspace;
  readonly model: OutputsModel;
  readonly settings: Signal<OutputsSettings>;
  readonly outputs: Outputs;
}

/** The examples that are kept: what was predicted, whether that is right, and what else it could have been. */
export function Examples({ workspace, model, settings, outputs }: ExamplesProps) {
  const rows = model.rows.value;
  const { predictions } = outputs;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="examples" tabIndex={0} aria-label={OUTPUTS.examples} data-testid="examples">
      {predictions && <Filter model={model} settings={settings} predictions={predictions} />}
      <ul>
        {rows.slice(0, MOST_SHOWN).map((row) => (
          <Example key={row} workspace={workspace} outputs={outputs} row={row} />
        ))}
      </ul>
      {rows.length > MOST_SHOWN && (
        <p class="hint">{shownOf(formatInteger(MOST_SHOWN), formatInteger(rows.length))}</p>
      )}
    </section>
  );
}

interface FilterProps extends Pick<ExamplesProps, "model" | "settings"> {
  readonly predictions: Predictions;
}

/** Which of the examples are shown; nothing where all are. */
function Filter({ model, settings, predictions }: FilterProps) {
  const [rows, cell] = [model.rows.value, model.cell.value];
  if (cell === null && !settings.value.onlyWrong) return null;
  const name = (number: number) => nameOf(predictions.classes, number);
  const none = cell === null ? OUTPUTS.allRight : OUTPUTS.noneOfThese;
  const all = formatInteger(rowCount(predictions));
  return (
    <p class="examples-filter" role="status" data-testid="examples-filter">
      {cell !== null && (
        <button
          type="button"
          class="pill"
          title={OUTPUTS.showAll}
          data-testid="forget-cell"
          onClick={() => {
            model.cell.value = null;
          }}
        >
          {cellShown(name(cell.label), name(cell.predicted))} <span aria-hidden="true">×</span>
          <span class="unseen">{OUTPUTS.showAll}</span>
        </button>
      )}
      {rows.length === 0 ? none : shownOf(formatInteger(rows.length), all)}
    </p>
  );
}

interface ExampleProps {
  readonly workspace: Workspace;
  readonly outputs: Outputs;
  readonly row: number;
}

function Example({ workspace: { client }, outputs, row }: ExampleProps) {
  const { run, predictions, images, wallTime } = outputs;
  const words = imageWords(formatInteger(row));
  return (
    <li class="example" data-testid="example" data-row={row}>
      {images !== null && row < images.count && (
        <img
          src={client.address(imagePath(run, images, row, wallTime))}
          alt={words}
          loading="lazy"
          decoding="async"
        />
      )}
      {predictions && <Verdict predictions={predictions} row={row} title={words} />}
    </li>
  );
}

interface VerdictProps {
  readonly predictions: Predictions;
  readonly row: number;
  readonly title: string;
}

function Verdict({ predictions, row, title }: VerdictProps) {
  const { classes, predicted, label } = predictions;
  const [found, truth] = [predicted[row] ?? Number.NaN, label[row] ?? Number.NaN];
  const isRight = found === truth;
  return (
    <div class={isRight ? "example-words right" : "example-words wrong"}>
      <p title={title}>
        <span class="verdict" role="img" aria-label={isRight ? OUTPUTS.right : OUTPUTS.wrong}>
          {isRight ? "✓" : "✗"}
        </span>
        <b>
          <bdi>{nameOf(classes, found)}</bdi>
        </b>
      </p>
      {!isRight && (
        <p class="example-truth">
          {OUTPUTS.label}: <bdi>{nameOf(classes, truth)}</bdi>
        </p>
      )}
      <Scores scores={topScores(predictions, row)} />
    </div>
  );
}

/** The classes that the model thinks of most, each with its share as a bar. */
const Scores = ({ scores }: { readonly scores: readonly Score[] }) =>
  scores.length === 0 ? null : (
    <ol class="example-scores" aria-label={OUTPUTS.scores}>
      {scores.map(({ name, score, share, isLabel }, i) => (
        <li key={i} class={isLabel ? "is-label" : ""} title={isLabel ? OUTPUTS.label : undefined}>
          <i style={{ width: `${100 * share}%` }} />
          <bdi>{name}</bdi>
          <span>{formatDigits(score, 3)}</span>
        </li>
      ))}
    </ol>
  );
