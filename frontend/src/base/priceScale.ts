/** How prices are spread over the height of a chart. */
export const PRICE_SCALES = ["linear", "log", "symlog"] as const;

export type PriceScale = (typeof PRICE_SCALES)[number];

/** Within this of zero a symlog scale is about linear: small enough for losses, and the same for every chart. */
export const SYMLOG_LINEAR = 1e-3;

/**
 * Where a price lies on its scale. The chart library's own log scale bends below 1e-4, so it is fed logarithms.
 * Symlog is sign(p)·log10(1 + |p| / c): Webber 2013, "A bi-symmetric log transformation for wide-range data".
 */
export function toPlotted(price: number, scale: PriceScale): number {
  if (scale === "linear") return price;
  if (scale === "log") return Math.log10(price);
  return (Math.sign(price) * Math.log1p(Math.abs(price) / SYMLOG_LINEAR)) / Math.LN10;
}

export function fromPlotted(plotted: number, scale: PriceScale): number {
  if (scale === "linear") return plotted;
  if (scale === "log") return 10 ** plotted;
  return Math.sign(plotted) * SYMLOG_LINEAR * Math.expm1(Math.abs(plotted) * Math.LN10);
}
