import type { RunInfo, TagInfo } from "../api/types.ts";
import { naturalOrder } from "../base/naturalOrder.ts";

/** What a person picked in the sidebar. */
export interface Choice {
  readonly focus: string | null;
  readonly checked: readonly string[];
  readonly tag: string | null;
}

const CHECKED_AT_FIRST = 5;

// Earlier is likelier to be what a person wants to see first.
const LIKELY_TAGS = [
  /^(train\/|batch_|training[/_])?loss$/i,
  /train.*loss/i,
  /loss/i,
  /nll|perplexity|error|mse/i,
];

// How well it does on what it was not trained on comes first.
const ACCURACIES = [/val.*acc/i, /test.*acc/i, /acc/i, /f1|auc|bleu|score/i];

export const likelyTag = (tags: readonly TagInfo[]): string | null =>
  firstLike(tags, LIKELY_TAGS) ?? tags[0]?.tag ?? null;

/** The tag that shows how often a model is right; null where none looks like it. */
export const accuracyTag = (tags: readonly TagInfo[]): string | null => firstLike(tags, ACCURACIES);

function firstLike(tags: readonly TagInfo[], patterns: readonly RegExp[]): string | null {
  for (const pattern of patterns) {
    const found = tags.find(({ tag }) => pattern.test(tag));
    if (found) return found.tag;
  }
  return null;
}

export const isLoss = (tag: string): boolean => LIKELY_TAGS.some((pattern) => pattern.test(tag));

export const hasTag = (run: RunInfo, tag: string | null): boolean =>
  run.tags.some((info) => info.tag === tag);

/** Landscapes, attention, costs: what widgets of their own show. */
export const hasRecords = ({ records }: RunInfo): boolean =>
  Object.values(records).some((tags) => Object.keys(tags).length > 0);

/**
 * A choice that can be shown: what was picked, less what is gone, filled up where nothing is left.
 * Nothing that still exists is ever deselected here.
 */
export function settle(choice: Choice, runs: readonly RunInfo[]): Choice {
  const named = new Map(runs.map((run) => [run.name, run]));
  const kept = choice.checked.filter((name) => named.has(name));
  const focused = named.get(choice.focus ?? "") ?? named.get(kept[0] ?? "") ?? firstRun(runs);
  if (focused === undefined) return { focus: null, checked: [], tag: null };
  const tag = hasTag(focused, choice.tag) ? choice.tag : likelyTag(focused.tags);
  const checked = kept.length > 0 ? kept : firstChecked(focused, tag, runs);
  return { focus: focused.name, checked: withFocus(checked, focused.name), tag };
}

const firstRun = (runs: readonly RunInfo[]): RunInfo | undefined =>
  runs.find((run) => run.tags.length > 0) ?? runs.find(hasRecords) ?? runs[0];

function firstChecked(focused: RunInfo, tag: string | null, runs: readonly RunInfo[]): string[] {
  const isLike = (run: RunInfo) => (tag === null ? hasRecords(run) : hasTag(run, tag));
  const others = runs.filter((run) => run !== focused && isLike(run));
  return [focused, ...others].slice(0, CHECKED_AT_FIRST).map((run) => run.name);
}

const withFocus = (checked: readonly string[], focus: string): readonly string[] =>
  checked.includes(focus) ? checked : [focus, ...checked];

/** Shows a tag; where the focused run does not have it, the focus goes to a checked one that does. */
export function pickTag(choice: Choice, tag: string, runs: readonly RunInfo[]): Choice {
  const having = new Set(runs.filter((run) => hasTag(run, tag)).map((run) => run.name));
  const names = [choice.focus, ...choice.checked, ...having];
  const focus = names.find((name) => name !== null && having.has(name)) ?? choice.focus;
  return {
    ...choice,
    tag,
    focus,
    checked: focus === null ? choice.checked : withFocus(choice.checked, focus),
  };
}

/** Focuses a run, which also checks it. */
export const focusRun = (choice: Choice, run: string): Choice => ({
  ...choice,
  focus: run,
  checked: withFocus(choice.checked, run),
});

/** Checks or unchecks runs; the focus moves on when it is unchecked, and the last run stays. */
export function checkRuns(choice: Choice, runs: readonly string[], on: boolean): Choice {
  const changed = new Set(runs);
  const rest = choice.checked.filter((name) => !changed.has(name));
  const checked = on ? [...rest, ...runs] : rest;
  if (checked.length === 0) return { ...choice, checked: choice.focus === null ? [] : [choice.focus] };
  const focus = choice.focus !== null && checked.includes(choice.focus) ? choice.focus : (checked[0] ?? null);
  return { ...choice, focus, checked };
}

/** The checked runs among these turned into unchecked ones, and the other way round. */
export function invertRuns(choice: Choice, runs: readonly string[]): Choice {
  const checked = new Set(choice.checked);
  const on = runs.filter((name) => !checked.has(name));
  const off = runs.filter((name) => checked.has(name));
  return checkRuns(checkRuns(choice, on, true), off, false);
}

/** Of all runs only this one. */
export const onlyRun = (choice: Choice, run: string): Choice => ({ ...choice, focus: run, checked: [run] });

/** A tag, as one of the checked runs knows it. */
export interface CheckedTag extends TagInfo {
  readonly run: string;
}

/** Tags of the checked runs, once each, as the focused run knows them where it has them. */
export function tagsOf(choice: Choice, runs: readonly RunInfo[]): CheckedTag[] {
  const checked = new Set(choice.checked);
  const tags = new Map<string, CheckedTag>();
  const add = (run: RunInfo) => {
    for (const info of run.tags) if (!tags.has(info.tag)) tags.set(info.tag, { ...info, run: run.name });
  };
  const focused = runs.find((run) => run.name === choice.focus && checked.has(run.name));
  if (focused) add(focused);
  for (const run of runs) if (checked.has(run.name)) add(run);
  return naturalOrder([...tags.values()], ({ tag }) => tag);
}
