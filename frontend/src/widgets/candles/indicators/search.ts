import type { IndicatorInfo } from "../../../api/registries.ts";

/** Indicators in which all words are found: first those of that very name, then those whose name begins so. */
export function searched(registry: readonly IndicatorInfo[], query: string): readonly IndicatorInfo[] {
  const text = query.trim().toLowerCase();
  const words = text.split(/\s+/);
  const found = registry.filter(({ name, title, explanation, source }) => {
    const all = `${name} ${title} ${explanation} ${source}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
  return text === "" ? found : found.sort((a, b) => rank(a, text) - rank(b, text));
}

function rank({ name, title }: IndicatorInfo, text: string): number {
  const names = [name.toLowerCase(), title.toLowerCase()];
  if (names.includes(text)) return 0;
  if (names.some((one) => one.startsWith(text))) return 1;
  return names.some((one) => one.includes(text)) ? 2 : 3;
}
