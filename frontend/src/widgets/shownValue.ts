import { formatValue } from "../base/format.ts";
import type { ParameterValue } from "../base/training.ts";
import { CONTROL } from "../base/words/training.ts";

/** A parameter's value as a person reads it. */
export function shownValue(value: ParameterValue): string {
  if (typeof value === "number") return formatValue(value);
  if (typeof value === "boolean") return value ? CONTROL.on : CONTROL.off;
  return value;
}
