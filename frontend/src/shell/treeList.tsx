import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { GroupRow, NameRow, TreeRow } from "../base/nameTree.ts";
import { useVirtualList } from "./virtualList.tsx";

export const ROW_PX = 28;
const INDENT_PX = 14;
/** Deeper is not indented further: names need the room. */
const MOST_INDENTS = 6;
const PAGE_ROWS = 10;

type RowAttributes = JSX.IntrinsicElements["div"] & Readonly<Record<`data-${string}`, string>>;

interface TreeListProps {
  readonly label: string;
  readonly rows: readonly TreeRow[];
  /** The name that is worked with: its row comes into sight once another is. */
  readonly current: string | null;
  /** So many of the first rows stand apart from the others. */
  readonly apart?: number;
  /** What a row says of itself, and what it shows; inner buttons are reached by Tab where `tabIndex` is 0. */
  readonly attributes: (row: TreeRow) => RowAttributes;
  readonly draw: (row: TreeRow, tabIndex: number) => ComponentChildren;
  /** Enter on a name, or a press on it anywhere but on what has the class `in-row`. */
  readonly pick: (row: NameRow) => void;
  readonly setOpen: (group: GroupRow, open: boolean) => void;
  /** Further keys; true: it was one of them. */
  readonly onKey?: (row: TreeRow, key: string) => boolean;
}

/** Names in groups: a tree that is walked by arrow keys, of which only what is in sight is drawn. */
export function TreeList(props: TreeListProps) {
  const { rows, label } = props;
  const [activeKey, setActiveKey] = useState("");
  const active = Math.max(0, indexOfKey(rows, activeKey));
  const list = useVirtualList({ count: rows.length, rowPx: ROW_PX, kept: active });
  const wantsFocus = useRef(false);
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    list.scroller.current
      ?.querySelector<HTMLElement>(`[data-row="${active}"]`)
      ?.focus({ preventScroll: true });
  });
  useRevealed(props, list.reveal);
  const moveTo = (index: number) => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))];
    if (!row) return;
    wantsFocus.current = true;
    setActiveKey(row.key);
    list.reveal(rows.indexOf(row));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[active];
    // Keys on a button within a row are the button's.
    const onRow = event.target instanceof HTMLElement && event.target.role === "treeitem";
    if (!row || !onRow || event.ctrlKey || event.metaKey || event.altKey) return;
    if (handleKey(event.key, row, active, props, moveTo)) event.preventDefault();
  };
  return (
    <div class="tree" role="tree" aria-label={label} ref={list.scroller} onKeyDown={onKeyDown}>
      <div class="tree-room" role="presentation" style={{ height: `${list.totalPx}px` }}>
        {list.rows.map(({ index, start }) => {
          const row = rows[index];
          if (!row) return null;
          const tabIndex = index === active ? 0 : -1;
          return (
            <TreeItem
              key={row.key}
              row={row}
              index={index}
              top={start}
              tabIndex={tabIndex}
              tree={props}
              activate={() => setActiveKey(row.key)}
            />
          );
        })}
      </div>
    </div>
  );
}

const indexOfKey = (rows: readonly TreeRow[], key: string): number =>
  rows.findIndex((row) => row.key === key);

function useRevealed({ rows, current }: TreeListProps, reveal: (index: number) => void): void {
  const revealed = useRef<string | null>(null);
  useEffect(() => {
    if (current === revealed.current) return;
    const at = rows.findIndex((row) => row.kind === "name" && row.name === current);
    if (at < 0) return;
    revealed.current = current;
    reveal(at);
  });
}

interface TreeItemProps {
  readonly row: TreeRow;
  readonly index: number;
  readonly top: number;
  readonly tabIndex: number;
  readonly tree: TreeListProps;
  readonly activate: () => void;
}

function TreeItem({ row, index, top, tabIndex, tree, activate }: TreeItemProps) {
  const { class: kind, ...attributes } = tree.attributes(row);
  const indent = Math.min(MOST_INDENTS, row.level - 1) * INDENT_PX;
  const lastApart = index + 1 === tree.apart;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys of all its rows
    <div
      role="treeitem"
      class={`tree-item ${kind ?? ""} ${lastApart ? "last-apart" : ""}`}
      data-row={index}
      tabIndex={tabIndex}
      aria-level={row.level}
      aria-setsize={row.siblings}
      aria-posinset={row.place}
      {...(row.kind === "group" ? { "aria-expanded": row.open } : {})}
      {...attributes}
      style={{ transform: `translateY(${top}px)`, height: `${ROW_PX}px`, paddingLeft: `${8 + indent}px` }}
      onFocusCapture={activate}
      onClick={(event) => {
        // Not the ancestors of now: what was pressed may just have been drawn anew.
        const isInRow = (one: EventTarget) => one instanceof Element && one.classList.contains("in-row");
        if (event.composedPath().some(isInRow)) return;
        if (row.kind === "group") tree.setOpen(row, !row.open);
        else tree.pick(row);
      }}
    >
      {row.kind === "group" && <Twisty open={row.open} />}
      {tree.draw(row, tabIndex)}
    </div>
  );
}

const Twisty = ({ open }: { readonly open: boolean }) => (
  <svg class={open ? "twisty open" : "twisty"} viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
    <path d="M3 1l4 4-4 4" />
  </svg>
);

function handleKey(
  key: string,
  row: TreeRow,
  at: number,
  tree: TreeListProps,
  moveTo: (index: number) => void,
): boolean {
  const { rows } = tree;
  const moves: Readonly<Record<string, () => void>> = {
    ArrowDown: () => moveTo(at + 1),
    ArrowUp: () => moveTo(at - 1),
    PageDown: () => moveTo(at + PAGE_ROWS),
    PageUp: () => moveTo(at - PAGE_ROWS),
    Home: () => moveTo(0),
    End: () => moveTo(rows.length - 1),
    ArrowRight: () => {
      if (row.kind === "name") return;
      if (row.open) moveTo(at + 1);
      else tree.setOpen(row, true);
    },
    ArrowLeft: () => {
      if (row.kind === "group" && row.open) tree.setOpen(row, false);
      else moveTo(parentOf(rows, at));
    },
    Enter: () => (row.kind === "group" ? tree.setOpen(row, !row.open) : tree.pick(row)),
  };
  const move = moves[key];
  move?.();
  return move !== undefined || (tree.onKey?.(row, key) ?? false);
}

/** The group that a row lies in; the row itself where it lies in none. */
function parentOf(rows: readonly TreeRow[], at: number): number {
  const level = rows[at]?.level ?? 1;
  for (let i = at - 1; i >= 0; i--) if ((rows[i]?.level ?? 1) < level) return i;
  return at;
}
