import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { formatInteger } from "../base/format.ts";
import { STRINGS } from "../base/strings.ts";
import type { Table } from "../base/table.ts";
import { DATA_TABLE, WIDGET_MENU } from "../base/words/dashboard.ts";
import type { Frame } from "../widgets/widget.ts";
import { follow } from "./follow.ts";

const MOST_ROWS = 1000;
// A pan brings other data with each frame; nobody reads that fast.
const SETTLE_MS = 250;

interface DataTableProps {
  readonly frame: Frame;
  readonly close: () => void;
}

/** The data behind a picture, below it: for screen readers, and for whoever wants the very numbers. */
export function DataTable({ frame, close }: DataTableProps) {
  const { title, offer } = frame;
  const table = useSignal<Table | null>(null);
  useLayoutEffect(() => {
    const make = () => offer.value?.table() ?? null;
    const take = (made: Table | null) => {
      table.value = made;
    };
    return follow(make, take, SETTLE_MS);
  }, [offer, table]);
  const rows = table.value?.columns[0]?.values.length ?? 0;
  const caption = DATA_TABLE.caption(title.value);
  return (
    <section class="data-table" data-testid="data-table" aria-label={caption}>
      <header>
        <span>
          {rows === 0 ? DATA_TABLE.none : <bdi>{caption}</bdi>}{" "}
          {rows > MOST_ROWS && DATA_TABLE.cut(formatInteger(MOST_ROWS), formatInteger(rows))}
        </span>
        <button
          type="button"
          class="icon"
          aria-label={WIDGET_MENU.hideTable}
          title={STRINGS.close}
          onClick={close}
        >
          ×
        </button>
      </header>
      {table.value && rows > 0 && (
        <Rows table={table.value} caption={caption} rows={Math.min(rows, MOST_ROWS)} />
      )}
    </section>
  );
}

const Rows = ({ table, caption, rows }: { table: Table; caption: string; rows: number }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
  <section class="data-rows" tabIndex={0} aria-label={caption}>
    <table>
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          {table.columns.map(({ name }) => (
            <th key={name} scope="col">
              <bdi>{name}</bdi>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {Array.from({ length: rows }, (_, row) => (
          <tr key={row}>
            {table.columns.map(({ name, values }) => (
              <Cell key={name} value={values[row]} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

function Cell({ value }: { readonly value: string | number | undefined }) {
  if (typeof value !== "number")
    return (
      <td class="text">
        <bdi>{value}</bdi>
      </td>
    );
  return <td>{Number.isNaN(value) ? STRINGS.empty : String(value)}</td>;
}
