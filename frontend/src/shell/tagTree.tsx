import type { TagInfo } from "../api/types.ts";
import { FALLBACK } from "../base/colour.ts";
import { formatCompact, formatDigits, formatInteger } from "../base/format.ts";
import type { GroupRow, NameRow } from "../base/nameTree.ts";
import { pointsLong, pointsShort, STRINGS, shownName, withUnit } from "../base/strings.ts";
import { lastValueOf, SIDEBAR, searchedAsText, tagGroupLabel, tagLabel } from "../base/words/sidebar.ts";
import { PatternField } from "./fields.tsx";
import { Name } from "./name.tsx";
import type { AppState } from "./state.ts";
import { TreeList } from "./treeList.tsx";

const DIGITS = 4;

/** Tags of the checked runs; a press on one draws it. */
export function TagTree({ state }: { readonly state: AppState }) {
  const { tagList } = state;
  const problem = tagList.filter.value.problem;
  const rows = tagList.rows.value;
  return (
    <section class="list tags" aria-label={SIDEBAR.tags}>
      <header>
        <h2>{SIDEBAR.tags}</h2>
        <WhoseValues state={state} />
        <span class="count">{tagList.tags.value.length}</span>
      </header>
      <PatternField
        query={tagList.query}
        label={SIDEBAR.filterTags}
        testId="tag-filter"
        problem={problem && searchedAsText(problem)}
      />
      <TreeList
        label={SIDEBAR.tags}
        rows={rows}
        current={state.choice.value.tag}
        attributes={(row) => (row.kind === "group" ? groupAttributes(row) : tagAttributes(state, row.name))}
        draw={(row) =>
          row.kind === "group" ? <GroupFace group={row} /> : <TagRow state={state} row={row} />
        }
        pick={(row) => state.showTag(row.name)}
        setOpen={(group, open) => tagList.setOpen(group, open)}
      />
      {rows.length === 0 && tagList.tags.value.length > 0 && <p class="hint">{SIDEBAR.noMatch}</p>}
    </section>
  );
}

/** Numbers in the list are those of the run in focus, but where a swatch says otherwise. */
function WhoseValues({ state }: { readonly state: AppState }) {
  const { focus } = state.choice.value;
  if (focus === null) return null;
  return (
    <span class="whose" data-testid="whose-values">
      <span class="whose-words">{SIDEBAR.lastValues}</span>
      <Dot state={state} run={focus} />
      <Name text={focus} />
    </span>
  );
}

const Dot = ({ state, run }: { readonly state: AppState; readonly run: string }) => (
  <span class="dot" style={{ background: state.colours.value.get(run) ?? FALLBACK }} />
);

function groupAttributes(group: GroupRow) {
  return {
    class: "group",
    "aria-label": tagGroupLabel(group.label, group.names.length),
    "data-testid": "tag-group",
    "data-group": group.path,
    title: group.path,
  };
}

const GroupFace = ({ group }: { readonly group: GroupRow }) => (
  <>
    <Name text={group.label} /> <span class="points">{group.names.length}</span>
  </>
);

const shortValue = ({ lastValue, unit }: TagInfo): string =>
  Number.isFinite(lastValue) ? withUnit(formatDigits(lastValue, DIGITS), unit) : STRINGS.empty;

const shortPoints = ({ points }: TagInfo): string => pointsShort(formatCompact(points));

function tagAttributes({ tagList, choice }: AppState, tag: string) {
  const info = tagList.infos.value.get(tag);
  const picked = choice.value.tag === tag;
  const label = info
    ? tagLabel(shownName(tag), shortValue(info), shortPoints(info), info.run)
    : shownName(tag);
  return {
    class: picked ? "tag focused" : "tag",
    "aria-selected": picked,
    "aria-label": label,
    "data-testid": "tag-item",
    "data-tag": tag,
    title: shownName(tag),
  };
}

function TagRow({ state, row }: { readonly state: AppState; readonly row: NameRow }) {
  const info = state.tagList.infos.value.get(row.name);
  if (info === undefined) return <Name text={row.label} />;
  const title = lastValueOf(withUnit(String(info.lastValue), info.unit), info.run);
  return (
    <>
      <Name text={row.label} />{" "}
      <span class="last" title={title}>
        {info.run !== state.choice.value.focus && <Dot state={state} run={info.run} />}
        <bdi>{shortValue(info)}</bdi>
      </span>{" "}
      <span class="points" title={pointsLong(formatInteger(info.points))}>
        {shortPoints(info)}
      </span>
    </>
  );
}
