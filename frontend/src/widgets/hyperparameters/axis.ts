import type { ArgumentValue, HyperParameter } from "../../api/hyperparameters.ts";
import { formatDigits } from "../../base/format.ts";
import { HYPERPARAMETERS } from "../../base/words/hyperparameters.ts";

/** Where values stand along an axis, in a unit of its own, and what is written there. */
export interface Scale {
  readonly title: string;
  readonly range: readonly [number, number];
  /** NaN where it has no place. */
  place(value: ArgumentValue): number;
  /** Undefined: plotly finds its own. */
  readonly ticks: { readonly tickvals: readonly number[]; readonly ticktext: readonly string[] } | undefined;
}

const wordOf = (value: ArgumentValue): string =>
  value === null
    ? HYPERPARAMETERS.absent
    : typeof value === "number"
      ? formatDigits(value, 4)
      : String(value);

/** Of a parameter: choices side by side, numbers maybe by their logarithms. */
export function scaleOf({ name, kind, isLog, low, high, choices }: HyperParameter): Scale {
  if (kind === "choice")
    return {
      title: name,
      range: [-0.3, choices.length - 0.7],
      place: (value) => {
        const at = choices.indexOf(value);
        return at < 0 ? Number.NaN : at;
      },
      ticks: { tickvals: choices.map((_, at) => at), ticktext: choices.map(wordOf) },
    };
  return numberScale(name, low, high, isLog);
}

export function numberScale(title: string, low: number, high: number, isLog: boolean): Scale {
  const put = (value: number) => (isLog ? Math.log10(value) : value);
  const [from, to] = [put(low), put(high)];
  return {
    title,
    range: [from, to],
    place: (value) => (typeof value === "number" ? put(value) : Number.NaN),
    ticks: isLog ? logTicks(from, to) : undefined,
  };
}

/** Powers of ten, with steps of two and five between where there are few. */
function logTicks(from: number, to: number) {
  const steps = to - from < 2 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil((to - from) / 6));
  const tickvals: number[] = [];
  for (let power = Math.floor(from); power <= to; power += every) {
    for (const step of steps) {
      const at = power + Math.log10(step);
      if (at >= from - 1e-9 && at <= to + 1e-9) tickvals.push(at);
    }
  }
  const shown = tickvals.length > 1 ? tickvals : [from, to];
  return { tickvals: shown, ticktext: shown.map((at) => formatDigits(10 ** at, 3)) };
}
