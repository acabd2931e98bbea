/** How correlations are asked for. */
export const METHODS = ["pearson", "spearman", "kendall"] as const;
export const CHANGES = ["differences", "returns", "raw"] as const;

export type Method = (typeof METHODS)[number];
/** What is compared of two series: what they add from step to step, the same in shares, or themselves. */
export type Change = (typeof CHANGES)[number];
