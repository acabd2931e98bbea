import { useRef } from "preact/hooks";
import type { ArgumentValue, RunArguments } from "../../api/arguments.ts";
import { FALLBACK } from "../../base/colour.ts";
import { STRINGS } from "../../base/strings.ts";
import { ARGUMENTS, givenBy } from "../../base/words/arguments.ts";
import { ARGUMENTS_KIND } from "../../base/words/kinds.ts";
import { Popover } from "../popover.tsx";
import { RunName } from "../runName.tsx";
import { useVirtualRows } from "../virtualRows.ts";
import type { Workspace } from "../workspace.ts";
import type { ArgumentsModel } from "./model.ts";
import { type ArgumentRow, textOf } from "./rows.ts";

const ROW_PX = 40;
const HEAD_PX = 40;
const COLUMN_PX = 170;

// What is longer than this doesn't fit into a column.
const LONG_CHARACTERS = 22;

interface TableProps {
  readonly workspace: Workspace;
  readonly model: ArgumentsModel;
}

/** A row for each argument, a column for each run; only the rows in view are there. */
export function ArgumentsTable({ workspace, model }: TableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = model.rows.value;
  const runs = model.shown.value;
  const { begin, end } = useVirtualRows(scroller, { count: rows.length, rowPx: ROW_PX, headPx: HEAD_PX });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys
    <section class="table-scroller" ref={scroller} tabIndex={0} aria-label={ARGUMENTS_KIND.title}>
      <table
        class="sticky-table"
        aria-rowcount={rows.length + 1}
        style={{
          "--columns": `${runs.length * COLUMN_PX}px`,
          "--least": `${COLUMN_PX}px`,
          "--runs": runs.length,
        }}
      >
        <colgroup>
          <col class="first-column" />
          {runs.map(({ run }) => (
            <col key={run} class="argument-column" />
          ))}
          <col />
        </colgroup>
        <thead>
          <tr aria-rowindex={1} style={{ height: `${HEAD_PX}px` }}>
            <th scope="col">{ARGUMENTS.name}</th>
            {runs.map((one) => (
              <RunHead key={one.run} given={one} workspace={workspace} />
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          <Spacer rows={begin} />
          {rows.slice(begin, end).map((row, i) => (
            <Row key={row.name} row={row} position={begin + i} runs={runs} />
          ))}
          <Spacer rows={rows.length - end} />
        </tbody>
      </table>
    </section>
  );
}

/** Stands for the rows out of view. */
const Spacer = ({ rows }: { readonly rows: number }) =>
  rows > 0 ? <tr style={{ height: `${rows * ROW_PX}px` }} /> : null;

interface RunHeadProps {
  readonly given: RunArguments;
  readonly workspace: Workspace;
}

/** A run, and where its arguments come from. */
function RunHead({ given, workspace }: RunHeadProps) {
  const { run, sources, of } = given;
  const isFocused = workspace.choice.value.focus === run;
  const by = givenBy(sources, of === run ? null : of);
  return (
    <th scope="col" aria-current={isFocused}>
      <button type="button" class="run-head" title={run} onClick={() => workspace.focus(run)}>
        <span class="swatch" style={{ background: workspace.colours.value.get(run) ?? FALLBACK }} />
        <RunName run={run} />
      </button>
      <small class="argument-source" title={by}>
        {isFocused && <b>{ARGUMENTS.inFocus} · </b>}
        {by}
      </small>
    </th>
  );
}

interface RowProps {
  readonly row: ArgumentRow;
  readonly position: number;
  readonly runs: readonly RunArguments[];
}

const Row = ({ row, position, runs }: RowProps) => (
  <tr
    data-testid="argument-row"
    data-name={row.name}
    aria-rowindex={position + 2}
    style={{ height: `${ROW_PX}px` }}
  >
    <th scope="row">
      <span class="argument-name" title={row.name}>
        {row.isDifferent && <Mark words={ARGUMENTS.differs} />}
        <bdi>{row.name}</bdi>
      </span>
    </th>
    {row.values.map((value, i) => (
      <Value key={runs[i]?.run} name={row.name} value={value} isOther={value !== row.values[0]} />
    ))}
    <td />
  </tr>
);

const Mark = ({ words }: { readonly words: string }) => (
  <span class="mark" role="img" aria-label={words} title={words}>
    ≠
  </span>
);

interface ValueProps {
  readonly name: string;
  readonly value: ArgumentValue | undefined;
  /** Than in the first run: the one in focus, if it has any arguments. */
  readonly isOther: boolean;
}

function Value({ name, value, isOther }: ValueProps) {
  const kind = isOther ? "other" : "";
  const mark = isOther && <Mark words={ARGUMENTS.differsFrom} />;
  if (value === undefined) {
    return (
      <td class={`${kind} absent`} title={ARGUMENTS.absent}>
        {mark} {STRINGS.empty}
      </td>
    );
  }
  const text = textOf(value);
  const isLong = text.length > LONG_CHARACTERS || text.includes("\n");
  return (
    <td class={kind}>
      <span class="argument-value">
        {mark}
        {isLong ? <LongValue name={name} text={text} /> : <bdi>{text}</bdi>}
      </span>
    </td>
  );
}

/** The begin of a long value, which opens the whole of it. */
const LongValue = ({ name, text }: { readonly name: string; readonly text: string }) => (
  <Popover
    button={{ class: "long-value", title: ARGUMENTS.whole, "data-testid": "long-value" }}
    face={<bdi>{text}</bdi>}
    name={`${ARGUMENTS.whole}: ${name}`}
  >
    {() => (
      <div class="whole-value" data-testid="whole-value">
        <p>
          <b>
            <bdi>{name}</bdi>
          </b>
        </p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
        <pre tabIndex={0}>
          <bdi>{text}</bdi>
        </pre>
      </div>
    )}
  </Popover>
);
