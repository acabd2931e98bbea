import { useSignal } from "@preact/signals";
import { useEffect, useId, useMemo, useRef } from "preact/hooks";
import { nameFilter } from "../base/filter.ts";
import { formatInteger } from "../base/format.ts";
import { shownName } from "../base/strings.ts";
import { moreTags, TAG_PICKER } from "../base/words/tagPicker.ts";
import { tagsOf } from "../data/choice.ts";
import { Popover } from "./popover.tsx";
import type { Workspace } from "./workspace.ts";

// More than anybody scrolls through; the search finds the others.
const MOST_TAGS_LISTED = 200;

interface TagPickerProps {
  readonly workspace: Workspace;
  /** Of the widget's settings; null: the tag that is picked for all widgets. */
  readonly tag: string | null;
  readonly pick: (tag: string | null) => void;
}

/** The tag that a widget shows, as a button that opens the list of those it could show. */
export function TagPicker({ workspace, tag, pick }: TagPickerProps) {
  const { choice, runs } = workspace;
  const shown = tag ?? choice.value.tag;
  const isGone = tag !== null && !tagsOf(choice.value, runs.value?.runs ?? []).some((one) => one.tag === tag);
  return (
    <Popover
      button={{
        class: isGone ? "tag-picker gone" : "tag-picker",
        title: isGone ? TAG_PICKER.gone : TAG_PICKER.change,
        "data-testid": "tag-picker",
      }}
      face={<bdi class="tag-name">{shown === null ? "" : shownName(shown)}</bdi>}
      name={TAG_PICKER.change}
    >
      {(close) => (
        <TagList
          workspace={workspace}
          tag={tag}
          pick={(picked) => {
            pick(picked);
            close();
          }}
        />
      )}
    </Popover>
  );
}

interface Option {
  readonly tag: string | null;
  readonly name: string;
}

/** A search field that keeps the focus, and the list that its arrow keys walk through. */
function TagList({ workspace, tag, pick }: TagPickerProps) {
  const [query, active] = [useSignal(""), useSignal(0)];
  const id = useId();
  const { options, more } = useOptions(workspace, query.value);
  const at = Math.min(active.value, options.length - 1);
  const onKeyDown = (event: KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined) active.value = Math.max(0, Math.min(options.length - 1, at + move));
    const chosen = options[at];
    if (event.key === "Enter" && chosen) pick(chosen.tag);
    if (move !== undefined || event.key === "Enter") event.preventDefault();
  };
  return (
    <div class="tag-list">
      <Search
        list={id}
        active={at < 0 ? undefined : `${id}-${at}`}
        onKeyDown={onKeyDown}
        search={(text) => {
          query.value = text;
          // Whoever searches wants a tag, not to follow another list.
          active.value = text === "" ? 0 : 1;
        }}
      />
      <div id={id} class="options" role="listbox" aria-label={TAG_PICKER.list}>
        {options.map((option, i) => (
          <Item
            key={option.tag}
            id={`${id}-${i}`}
            option={option}
            active={i === at}
            picked={option.tag === tag}
            pick={pick}
          />
        ))}
      </div>
      {more > 0 && <p class="hint">{moreTags(formatInteger(more))}</p>}
    </div>
  );
}

function useOptions(workspace: Workspace, query: string): { options: readonly Option[]; more: number } {
  const { choice, runs } = workspace;
  const tags = useMemo(() => tagsOf(choice.value, runs.value?.runs ?? []), [choice.value, runs.value]);
  return useMemo(() => {
    const matches = nameFilter(query);
    const found = tags.map((info) => info.tag).filter(matches);
    const follow: Option = { tag: null, name: TAG_PICKER.follow };
    const listed = found.slice(0, MOST_TAGS_LISTED).map((tag) => ({ tag, name: tag }));
    return { options: [follow, ...listed], more: found.length - listed.length };
  }, [tags, query]);
}

interface SearchProps {
  readonly list: string;
  readonly active: string | undefined;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly search: (text: string) => void;
}

function Search({ list, active, onKeyDown, search }: SearchProps) {
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: where the list opens, before the next key is pressed
      autoFocus
      class="filter"
      type="text"
      role="combobox"
      aria-expanded="true"
      aria-controls={list}
      aria-autocomplete="list"
      aria-activedescendant={active}
      aria-label={TAG_PICKER.search}
      placeholder={TAG_PICKER.search}
      data-testid="tag-search"
      onInput={(event) => search(event.currentTarget.value)}
      onKeyDown={onKeyDown}
    />
  );
}

interface ItemProps {
  readonly id: string;
  readonly option: Option;
  readonly active: boolean;
  readonly picked: boolean;
  readonly pick: (tag: string | null) => void;
}

function Item({ id, option, active, picked, pick }: ItemProps) {
  const item = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active) item.current?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the search field has the focus, and its keys do the same
    <div
      id={id}
      ref={item}
      class={active ? "option active" : "option"}
      role="option"
      tabIndex={-1}
      aria-selected={picked}
      data-testid="tag-option"
      data-tag={option.tag ?? ""}
      onClick={() => pick(option.tag)}
    >
      <bdi>{shownName(option.name)}</bdi>
    </div>
  );
}
