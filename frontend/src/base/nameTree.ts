/** How names are put together in a list. */
export type Grouping = { readonly by: "none" } | { readonly by: "prefix" } | { readonly by: RegExp };

interface Placed {
  readonly key: string;
  /** What is shown of it: less than the whole name below a group that already says the rest. */
  readonly label: string;
  /** 1 is the outermost. */
  readonly level: number;
  /** Of this many brothers it is the one at this place, counted from 1. */
  readonly siblings: number;
  readonly place: number;
}

export interface GroupRow extends Placed {
  readonly kind: "group";
  readonly path: string;
  readonly open: boolean;
  /** All names in it, however deep. */
  readonly names: readonly string[];
}

export interface NameRow extends Placed {
  readonly kind: "name";
  readonly name: string;
}

export type TreeRow = GroupRow | NameRow;

/** A group before it is laid out; its members are in order of first appearance. */
interface Branch {
  readonly path: string;
  readonly label: string;
  readonly members: (Branch | string)[];
  readonly inside: Map<string, Branch>;
  readonly names: string[];
}

const branch = (path: string, label: string): Branch => ({
  path,
  label,
  members: [],
  inside: new Map(),
  names: [],
});

/**
 * Rows of a tree of names, in the order of the names, less what lies in groups that are closed.
 * A group of one is no group, and groups that hold only a group become one with it.
 */
export function treeRows(
  names: readonly string[],
  grouping: Grouping,
  closed: ReadonlySet<string>,
): TreeRow[] {
  const rows: TreeRow[] = [];
  layOut(grown(names, grouping), grouping.by === "prefix", closed, 1, rows);
  return rows;
}

/** Paths of all groups, however deep. */
export function groupPaths(names: readonly string[], grouping: Grouping): string[] {
  const rows = treeRows(names, grouping, new Set());
  return rows.flatMap((row) => (row.kind === "group" ? [row.path] : []));
}

function grown(names: readonly string[], { by }: Grouping): Branch {
  const root = branch("", "");
  for (const name of names) {
    if (by === "none") root.members.push(name);
    else if (by === "prefix") plant(root, name, name.split("/").slice(0, -1), "/");
    else plant(root, name, groupOf(name, by), "");
  }
  return root;
}

/** What the pattern's first group matched, or all that it matched where it has none. */
function groupOf(name: string, pattern: RegExp): string[] {
  const match = pattern.exec(name);
  const group = match && (match.length > 1 ? match[1] : match[0]);
  return group ? [group] : [];
}

function plant(root: Branch, name: string, parts: readonly string[], separator: string): void {
  let at = root;
  for (const part of parts) {
    let next = at.inside.get(part);
    if (next === undefined) {
      next = branch(`${at.path}${part}${separator}`, part + separator);
      at.inside.set(part, next);
      at.members.push(next);
    }
    next.names.push(name);
    at = next;
  }
  at.members.push(name);
}

function layOut(
  { path, members }: Branch,
  cuts: boolean,
  closed: ReadonlySet<string>,
  level: number,
  rows: TreeRow[],
): void {
  members.forEach((member, i) => {
    const placed = { level, siblings: members.length, place: i + 1 };
    const [alone = ""] = typeof member === "string" ? [member] : member.names;
    if (typeof member === "string" || member.names.length === 1) {
      const label = cuts ? alone.slice(path.length) : alone;
      rows.push({ kind: "name", key: `name ${alone}`, name: alone, label, ...placed });
      return;
    }
    const group = merged(member);
    const key = `group ${group.path}`;
    const open = !closed.has(group.path);
    const { label, names } = group;
    rows.push({ kind: "group", key, path: group.path, label, names, open, ...placed });
    if (open) layOut(group, cuts, closed, level + 1, rows);
  });
}

/** One with the group in it, as long as that is all it holds. */
function merged(group: Branch): Branch {
  let { label } = group;
  let at = group;
  for (;;) {
    const [only, second] = at.members;
    if (only === undefined || typeof only === "string" || second !== undefined) return { ...at, label };
    label += only.label;
    at = only;
  }
}
