/** A test for names from what a person typed: a regular expression, or plain text where it is not one. */
export function nameFilter(query: string): (name: string) => boolean {
  const text = query.trim();
  if (text === "") return () => true;
  try {
    const pattern = new RegExp(text, "iu");
    return (name) => pattern.test(name);
  } catch {
    const plain = text.toLowerCase();
    return (name) => name.toLowerCase().includes(plain);
  }
}

export interface Group<T> {
  readonly prefix: string;
  readonly items: readonly T[];
}

/** Groups by what stands before the first slash, in order of first appearance; names without one come first. */
export function groupByPrefix<T>(items: readonly T[], name: (item: T) => string): Group<T>[] {
  const groups = new Map<string, T[]>([["", []]]);
  for (const item of items) {
    const slash = name(item).indexOf("/");
    const prefix = slash > 0 ? name(item).slice(0, slash) : "";
    const group = groups.get(prefix);
    if (group) group.push(item);
    else groups.set(prefix, [item]);
  }
  return [...groups]
    .filter(([, group]) => group.length > 0)
    .map(([prefix, group]) => ({ prefix, items: group }));
}
