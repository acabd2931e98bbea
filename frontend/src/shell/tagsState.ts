import { computed, type ReadonlySignal } from "@preact/signals";
import { compileFilter } from "../base/filter.ts";
import { type GroupRow, treeRows } from "../base/nameTree.ts";
import type { CheckedTag } from "../data/choice.ts";
import { asNames, asTyped, kept } from "./storage.ts";

/** How the tags are listed. */
export class TagsState {
  readonly query = kept("sessionStorage", "tag-filter", asTyped);
  readonly closed = kept("sessionStorage", "tag-groups-closed", asNames);
  readonly filter = computed(() => compileFilter(this.query.value));
  readonly infos = computed(() => new Map(this.tags.value.map((info) => [info.tag, info])));
  readonly rows = computed(() => {
    const names = this.tags.value.map(({ tag }) => tag).filter(this.filter.value.test);
    return treeRows(names, { by: "prefix" }, new Set(this.closed.value));
  });

  constructor(readonly tags: ReadonlySignal<readonly CheckedTag[]>) {}

  setOpen(group: GroupRow, open: boolean): void {
    const others = this.closed.value.filter((path) => path !== group.path);
    this.closed.value = open ? others : [...others, group.path];
  }
}
