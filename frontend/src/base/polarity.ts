export type Polarity = "lower_is_better" | "higher_is_better";

export type Direction = "better" | "worse" | "same";

/** What a candle's body means: red is worse, whichever way the value went. */
export function direction(open: number, close: number, polarity: Polarity): Direction {
  if (open === close) return "same";
  const fell = close < open;
  return fell === (polarity === "lower_is_better") ? "better" : "worse";
}

/** Whether it makes no sense to call a tag's values better or worse: they are set, not reached. */
export const isNeutral = (tag: string): boolean =>
  /^(lr|lr-.*|learning[-_ ]?rate|epoch)$/i.test(tag.split("/").at(-1) ?? tag);
