import type { ParameterValue } from "../base/training.ts";
import { allowedRange, notANumber, notOneOf, notWhole, outOfRange } from "../base/words/training.ts";

/** What a value has to be. */
export interface Expected {
  readonly kind: "int" | "float" | "bool" | "choice" | "text";
  readonly least: number | null;
  readonly most: number | null;
  readonly choices: readonly ParameterValue[];
}

export type Read = { readonly value: ParameterValue } | { readonly problem: string };

/** A value as a person typed it, or what is wrong with it. */
export function readTyped(expected: Expected, typed: string): Read {
  const { kind, choices } = expected;
  if (kind === "text") return { value: typed };
  if (kind === "bool") return readOne([true, false], typed);
  if (kind === "choice") return readOne(choices, typed);
  return readNumber(expected, typed.trim());
}

function readOne(choices: readonly ParameterValue[], typed: string): Read {
  const found = choices.find((choice) => String(choice) === typed.trim());
  return found === undefined ? { problem: notOneOf(choices.map(String)) } : { value: found };
}

function readNumber({ kind, least, most }: Expected, typed: string): Read {
  const value = typed === "" ? Number.NaN : Number(typed);
  if (!Number.isFinite(value)) return { problem: notANumber };
  if (kind === "int" && !Number.isSafeInteger(value)) return { problem: notWhole };
  const isOut = (least !== null && value < least) || (most !== null && value > most);
  return isOut ? { problem: outOfRange(allowedRange(least, most)) } : { value };
}
