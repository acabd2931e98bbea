import type { IndicatorInfo, Parameter } from "../api/registries.ts";
import type { Candles } from "../api/types.ts";

/** More panes than this leave none of them room enough to be read. */
export const MOST_PANES = 4;

/** The server computes no more in one request. */
export const MOST_INDICATORS = 20;

/** An indicator with the numbers of all of its parameters. */
export interface ChosenIndicator {
  readonly info: IndicatorInfo;
  readonly numbers: readonly number[];
  /** As it is stored and asked for: `bollinger:20:2`. */
  readonly text: string;
  /** As it is shown, and as its columns begin: `bollinger(20,2)`. */
  readonly label: string;
}

/** One line of an indicator: `upper` of a band; an empty output where there is only one. */
export interface IndicatorColumn {
  readonly output: string;
  readonly values: Float64Array;
}

export function chosenOf(info: IndicatorInfo, numbers: readonly number[] = []): ChosenIndicator {
  const all = info.parameters.map((parameter, i) => withinRange(parameter, numbers[i] ?? parameter.default));
  const label = all.length > 0 ? `${info.name}(${all.join(",")})` : info.name;
  return { info, numbers: all, text: [info.name, ...all].join(":"), label };
}

/** An indicator as it was stored; null where there is none of that name. */
export function readIndicator(text: string, registry: readonly IndicatorInfo[]): ChosenIndicator | null {
  const [name, ...numbers] = text.split(":");
  const info = registry.find((one) => one.name === name);
  return info ? chosenOf(info, numbers.map(Number)) : null;
}

/** Each once, and no more panes than there is room for. */
export function readIndicators(
  texts: readonly string[],
  registry: readonly IndicatorInfo[],
): readonly ChosenIndicator[] {
  const found = new Map<string, ChosenIndicator>();
  let panes = 0;
  for (const text of texts) {
    const chosen = readIndicator(text, registry);
    if (chosen === null || found.has(chosen.text) || found.size >= MOST_INDICATORS) continue;
    if (chosen.info.place === "pane" && ++panes > MOST_PANES) continue;
    found.set(chosen.text, chosen);
  }
  return [...found.values()];
}

/** The number itself where it is allowed, else the nearest that is. */
export function withinRange({ isWhole, least, most, default: value }: Parameter, number: number): number {
  if (!Number.isFinite(number)) return value;
  const bounded = Math.min(most, Math.max(least, number));
  return isWhole ? Math.round(bounded) : bounded;
}

/** What its lines are called; one without a name where there is only one. */
export const outputsOf = ({ info }: ChosenIndicator): readonly string[] =>
  info.outputs.length > 0 ? info.outputs : [""];

/** What the server computed of it; empty until that has come. */
export function columnsOf(chosen: ChosenIndicator, candles: Candles): readonly IndicatorColumn[] {
  return outputsOf(chosen).flatMap((output) => {
    const name = output === "" ? chosen.label : `${chosen.label}.${output}`;
    const values = candles.indicators?.get(name);
    return values ? [{ output, values }] : [];
  });
}

/** Moves an indicator to other numbers, and keeps its place in the list. */
export const replaced = (texts: readonly string[], before: string, after: string): readonly string[] => [
  ...new Set(texts.map((text) => (text === before ? after : text))),
];
