import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

export interface MenuEntry {
  readonly name: string;
  readonly testId: string;
  readonly run: () => void;
  /** Beside it, and not part of it: a button of its own. */
  readonly aside?: ComponentChildren;
}

export interface MenuGroup {
  readonly name?: string;
  readonly entries: readonly MenuEntry[];
}

interface MenuProps {
  readonly groups: readonly MenuGroup[];
  readonly close: () => void;
}

const MOVES: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at + count - 1) % count,
  Home: () => 0,
  End: (_at, count) => count - 1,
};

/** What a menu button opens, to be walked through with arrow keys; goes into a Popover. */
export function Menu({ groups, close }: MenuProps) {
  const list = useRef<HTMLDivElement>(null);
  const buttons = () => [...(list.current?.querySelectorAll<HTMLElement>("button") ?? [])];
  // Not before the popover is on screen.
  useEffect(() => buttons()[0]?.focus({ preventScroll: true }), []);
  const onKeyDown = (event: KeyboardEvent) => {
    const all = buttons();
    const to = MOVES[event.key]?.(all.indexOf(document.activeElement as HTMLElement), all.length);
    if (to === undefined) return;
    event.preventDefault();
    all[to]?.focus();
  };
  return (
    <div class="menu-list" ref={list} onKeyDown={onKeyDown} role="toolbar" aria-orientation="vertical">
      {groups.map(({ name, entries }, i) => (
        <section key={i} aria-label={name}>
          {name !== undefined && <h3>{name}</h3>}
          {entries.map((entry) => (
            <Entry key={entry.testId} entry={entry} close={close} />
          ))}
        </section>
      ))}
    </div>
  );
}

const Entry = ({ entry, close }: { readonly entry: MenuEntry; readonly close: () => void }) => (
  <div class="menu-entry">
    <button
      type="button"
      data-testid={entry.testId}
      onClick={() => {
        close();
        entry.run();
      }}
    >
      <bdi>{entry.name}</bdi>
    </button>
    {entry.aside}
  </div>
);
