import { formatDigits } from "./format.ts";
import { type LogTick, logTicks } from "./logTicks.ts";
import { roundStep } from "./placeTicks.ts";
import { fromPlotted, type PriceScale } from "./priceScale.ts";
import { symlogTicks } from "./symlogTicks.ts";
import { formatDistinct } from "./ticks.ts";

/** Round values between two heights on a scale with their labels, no two closer than `leastGap` on it. */
export function valueTicks(low: number, high: number, leastGap: number, scale: PriceScale): LogTick[] {
  if (!(high > low) || !(leastGap > 0)) return [];
  if (scale === "symlog") return symlogTicks(low, high, leastGap);
  if (scale === "log") return logTicks(fromPlotted(low, scale), fromPlotted(high, scale), leastGap);
  const step = roundStep(leastGap);
  const values: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) values.push(Number((i * step).toPrecision(12)));
  const labels = formatDistinct(values, formatDigits);
  return values.map((value, i) => ({ value, label: labels[i] ?? "" }));
}
