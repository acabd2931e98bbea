import { type Signal, useSignal } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { FALLBACK } from "../../base/colour.ts";
import { commonFolder } from "../../base/commonFolder.ts";
import { COMPARISON } from "../../base/words/comparison.ts";
import { useVirtualRows } from "../virtualRows.ts";
import type { Workspace } from "../workspace.ts";
import { CELLS, type CellProps } from "./cells.tsx";
import type { ColumnName } from "./columnNames.ts";
import { columnOf, isDescendingFirst, shownColumns } from "./columns.ts";
import type { ComparisonModel } from "./model.ts";
import type { Rows } from "./rows.ts";
import { RunCell } from "./runCell.tsx";
import type { ComparisonSettings, Sort } from "./settings.ts";

const ROW_PX = 44;
const HEAD_PX = 38;

interface TableProps {
  readonly workspace: Workspace;
  readonly settings: Signal<ComparisonSettings>;
  readonly model: ComparisonModel;
  readonly comparison: Rows;
}

/** Rows of runs, of which only those in view are there; its head and its first column stay in sight. */
export function ComparisonTable(props: TableProps) {
  const { settings, model, comparison } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const order = model.order.value;
  const rows = useVirtualRows(scroller, { count: order.length, rowPx: ROW_PX, headPx: HEAD_PX });
  const shown = shownColumns(settings.value.hidden, comparison.baseline !== null);
  const columns = useMemo(() => shown, [shown.join()]);
  const common = useMemo(() => commonFolder(comparison.runs), [comparison.runs]);
  const keys = useRowKeys(order.length, rows.scrollTo);
  return (
    <div class="table-scroller" ref={scroller} aria-busy={model.isStale}>
      <table
        class="sticky-table comparison-table"
        aria-rowcount={order.length + 1}
        style={{ "--columns": `${columns.reduce((sum, name) => sum + columnOf(name).widthPx, 0)}px` }}
      >
        <Columns names={columns} />
        <Head {...props} columns={columns} />
        <tbody onKeyDown={keys.onKeyDown} ref={keys.body}>
          <Spacer rows={rows.begin} />
          {order.slice(rows.begin, rows.end).map((row, i) => (
            <Row
              key={comparison.runs[row]}
              {...props}
              row={row}
              common={common}
              columns={columns}
              position={rows.begin + i}
              isTabStop={keys.tabStop(rows.begin, rows.end) === rows.begin + i}
            />
          ))}
          <Spacer rows={order.length - rows.end} />
        </tbody>
      </table>
    </div>
  );
}

const Columns = ({ names }: { readonly names: readonly ColumnName[] }) => (
  <colgroup>
    <col class="first-column" />
    {names.map((name) => (
      <col key={name} style={{ width: `${columnOf(name).widthPx}px` }} />
    ))}
    <col />
  </colgroup>
);

/** Stands for the rows out of view. */
const Spacer = ({ rows }: { readonly rows: number }) =>
  rows > 0 ? <tr style={{ height: `${rows * ROW_PX}px` }} /> : null;

interface HeadProps extends TableProps {
  readonly columns: readonly ColumnName[];
}

function Head({ settings, comparison, columns }: HeadProps) {
  const { sort } = settings.value;
  const first = comparison.members ? COMPARISON.groupTitle : COMPARISON.run;
  const sortBy = (column: Sort["column"]) => {
    const isDescending =
      sort?.column === column ? !sort.isDescending : isDescendingFirst(column, comparison.polarity);
    settings.value = { ...settings.value, sort: { column, isDescending } };
  };
  return (
    <thead>
      <tr aria-rowindex={1} style={{ height: `${HEAD_PX}px` }}>
        <HeadCell name="run" first={first} sort={sort} sortBy={sortBy} />
        {columns.map((name) => (
          <HeadCell key={name} name={name} first={first} sort={sort} sortBy={sortBy} />
        ))}
        <td />
      </tr>
    </thead>
  );
}

interface HeadCellProps {
  /** Of the column of names. */
  readonly first: string;
  readonly name: Sort["column"];
  readonly sort: Sort | null;
  readonly sortBy: (column: Sort["column"]) => void;
}

function HeadCell({ name, first, sort, sortBy }: HeadCellProps) {
  const isSorted = sort?.column === name;
  const order = sort?.isDescending ? "descending" : "ascending";
  const column = name === "run" ? null : columnOf(name);
  const words = name === "run" ? first : COMPARISON.names[name];
  const explained = column?.term
    ? { "data-term": column.term }
    : { title: name === "run" ? undefined : COMPARISON.hints[name] };
  if (column?.values === null) {
    return (
      <th scope="col" class={`column-${name}`} {...explained}>
        {words}
      </th>
    );
  }
  return (
    <th scope="col" class={`column-${name}`} aria-sort={isSorted ? order : "none"}>
      <button type="button" data-testid={`sort-${name}`} {...explained} onClick={() => sortBy(name)}>
        {words}
        <span class={isSorted ? `sort-arrow ${order}` : "sort-arrow"} aria-hidden="true" />
      </button>
    </th>
  );
}

interface RowProps extends HeadProps {
  readonly row: number;
  /** What the names of all rows begin with. */
  readonly common: string;
  readonly position: number;
  readonly isTabStop: boolean;
}

function Row(props: RowProps) {
  const { workspace, settings, model, comparison, columns, row, common, position, isTabStop } = props;
  const run = comparison.runs[row] ?? "";
  const prices = model.prices.value;
  const members = comparison.members?.[row] ?? null;
  const isFocused = (members ? settings.value.group : workspace.choice.value.focus) === run;
  const isBaseline = settings.value.baseline === run;
  // The same cells are not drawn again while the table scrolls.
  const cells = useMemo(() => {
    const cell: CellProps = { comparison, row, prices };
    return columns.map((name) => {
      const Cell = CELLS[name];
      return <Cell key={name} {...cell} />;
    });
  }, [comparison, row, prices, columns]);
  return (
    <tr
      data-testid="comparison-row"
      data-run={run}
      aria-rowindex={position + 2}
      aria-current={isFocused}
      style={{ height: `${ROW_PX}px` }}
      onClick={() => {
        if (members) settings.value = { ...settings.value, group: isFocused ? null : run };
        else workspace.focus(run);
      }}
    >
      <RunCell
        run={run}
        common={common}
        members={members}
        colour={(members ? model.groupColours : workspace.colours).value.get(run) ?? FALLBACK}
        position={position}
        isTabStop={isTabStop}
        isBaseline={isBaseline}
        toggleBaseline={() => {
          settings.value = { ...settings.value, baseline: isBaseline ? null : run };
        }}
      />
      {cells}
      <td />
    </tr>
  );
}

/** Arrow keys over the rows of a table: one of them is in the order of tabs at a time. */
function useRowKeys(count: number, scrollTo: (row: number) => void) {
  const active = useSignal(0);
  const isMoving = useRef(false);
  const body = useRef<HTMLTableSectionElement>(null);
  useLayoutEffect(() => {
    if (!isMoving.current) return;
    const target = body.current?.querySelector<HTMLElement>(`[data-position="${active.value}"]`);
    if (!target) return;
    isMoving.current = false;
    target.focus({ preventScroll: true });
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowDown: active.value + 1, ArrowUp: active.value - 1, Home: 0, End: count - 1 }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    active.value = Math.max(0, Math.min(count - 1, to));
    isMoving.current = true;
    scrollTo(active.value);
  };
  const tabStop = (begin: number, end: number) =>
    active.value >= begin && active.value < end ? active.value : begin;
  return { body, onKeyDown, tabStop };
}
