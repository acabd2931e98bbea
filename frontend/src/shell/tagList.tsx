import { useSignal } from "@preact/signals";

import type { TagInfo } from "../api/types.ts";
import { type Group, groupByPrefix, nameFilter } from "../base/filter.ts";
import { formatCompact, formatDigits, formatInteger } from "../base/format.ts";
import { pointsLong, pointsShort, STRINGS } from "../base/strings.ts";
import { memo } from "./memo.ts";
import { Filter } from "./runList.tsx";
import type { AppState } from "./state.ts";

export function TagList({ state }: { readonly state: AppState }) {
  const query = useSignal("");
  const tags = state.tags.value;
  const shown = tags.filter(({ tag }) => nameFilter(query.value)(tag));
  const groups = groupByPrefix(shown, ({ tag }) => tag);
  return (
    <section class="list tags" aria-label={STRINGS.tags}>
      <header>
        <h2>{STRINGS.tags}</h2>
        <span class="count">{tags.length}</span>
      </header>
      <Filter query={query} label={STRINGS.filterTags} testId="tag-filter" />
      <div class="groups">
        {groups.map((group) => (
          <TagGroup key={group.prefix} group={group} titled={groups.length > 1} state={state} />
        ))}
      </div>
      {shown.length === 0 && tags.length > 0 && <p class="hint">{STRINGS.noMatch}</p>}
    </section>
  );
}

interface TagGroupProps {
  readonly group: Group<TagInfo>;
  readonly titled: boolean;
  readonly state: AppState;
}

function TagGroup({ group, titled, state }: TagGroupProps) {
  const picked = state.choice.value.tag;
  // Under its own heading a tag need not repeat the prefix.
  const cut = titled && group.prefix !== "" ? group.prefix.length + 1 : 0;
  return (
    <>
      {titled && (
        <h3>
          <bdi>{group.prefix === "" ? STRINGS.otherTags : `${group.prefix}/`}</bdi>
        </h3>
      )}
      <ul>
        {group.items.map((info) => (
          <TagItem
            key={info.tag}
            tag={info.tag}
            name={info.tag.slice(cut)}
            points={info.points}
            lastValue={info.lastValue}
            picked={info.tag === picked}
            state={state}
          />
        ))}
      </ul>
    </>
  );
}

interface TagItemProps {
  readonly tag: string;
  readonly name: string;
  readonly points: number;
  readonly lastValue: number;
  readonly picked: boolean;
  readonly state: AppState;
}

const TagItem = memo<TagItemProps>(({ tag, name, points, lastValue, picked, state }) => (
  <li class={picked ? "item focused" : "item"} data-testid="tag-item" data-tag={tag}>
    <button type="button" aria-pressed={picked} title={tag} onClick={() => state.showTag(tag)}>
      <bdi class="name">{name}</bdi>
      <span class="last" title={String(lastValue)}>
        {Number.isFinite(lastValue) ? formatDigits(lastValue, 4) : STRINGS.empty}
      </span>
      <span class="points" title={pointsLong(formatInteger(points))}>
        {pointsShort(formatCompact(points))}
      </span>
    </button>
  </li>
));
