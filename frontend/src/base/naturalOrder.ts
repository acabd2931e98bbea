/**
 * Parts of a name that are compared one by one. A number is compared by its size: a fraction or one with an
 * exponent where a setting is given (`lr=0.01`, `wd=1e-4`) or where it begins with `0.`, else only its digits,
 * for `block1.10` is not before `block1.9`.
 */
const PARTS = /(?<==)-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|0\.\d+(?![\d.])|\d+e[+-]\d+|\d+|[/=]|[^\d/=]+/giu;

type Part = string | number;

function partsOf(name: string): Part[] {
  const parts = name.match(PARTS) ?? [];
  return parts.map((part) => (/\d/.test(part) ? Number(part) : part.toLowerCase()));
}

/** A folder before what only begins with its name, a number before a word. */
function compareParts(one: Part, other: Part): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  if (one === other) return 0;
  if (one === "/" || other === "/") return one === "/" ? -1 : 1;
  if (typeof one !== typeof other) return typeof one === "number" ? -1 : 1;
  return one < other ? -1 : 1;
}

function compareKeys(one: readonly Part[], other: readonly Part[]): number {
  const most = Math.min(one.length, other.length);
  for (let i = 0; i < most; i++) {
    const order = compareParts(one[i] ?? "", other[i] ?? "");
    if (order !== 0) return order;
  }
  return one.length - other.length;
}

/** As people count: `run-9` before `run-10`, `lr=0.01` before `lr=0.1`; nothing depends on the order given. */
export function naturalOrder<Item>(items: readonly Item[], nameOf: (item: Item) => string): Item[] {
  const keyed = items.map((item) => ({ item, name: nameOf(item), key: partsOf(nameOf(item)) }));
  keyed.sort((a, b) => compareKeys(a.key, b.key) || (a.name < b.name ? -1 : Number(a.name > b.name)));
  return keyed.map(({ item }) => item);
}
