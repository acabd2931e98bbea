/** The folders that all of some names begin with, as `sweep/`; empty where there are none, or there is one name. */
export function commonFolder(names: readonly string[]): string {
  const [first, ...others] = names;
  if (first === undefined || others.length === 0) return "";
  let common = folderOf(first);
  for (const name of others) {
    while (!folderOf(name).startsWith(common)) common = folderOf(common);
  }
  return common;
}

/** Of `a/b/c` and of `a/b/c/` it is `a/b/`. */
const folderOf = (name: string): string => name.slice(0, name.slice(0, -1).lastIndexOf("/") + 1);
