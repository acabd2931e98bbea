/** Reading JSON whose shape the compiler can't know, without trusting it. */

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const asRecord = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});

export const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const asText = (value: unknown): string => (typeof value === "string" ? value : "");

/** A missing number is `null` on the wire and NaN here. */
export const asNumber = (value: unknown): number => (typeof value === "number" ? value : Number.NaN);

export const asCount = (value: unknown): number => (typeof value === "number" ? value : 0);

/** A bound that is not there is null. */
export const asBound = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** Undefined: a name that this tab does not know. */
export const asOneOf = <Name extends string>(names: readonly Name[], value: unknown): Name | undefined =>
  names.find((name) => name === value);
