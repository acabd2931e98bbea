/** What the server can compute and look for, with the settings of each. */

import type { Severity } from "../base/severity.ts";
import { decodeSeverity } from "./alerts.ts";
import { BadAnswer } from "./errors.ts";
import { asArray, asCount, asNumber, asRecord, asText } from "./json.ts";

/** A setting of an indicator or a detector. */
export interface Parameter {
  readonly name: string;
  readonly isWhole: boolean;
  readonly default: number;
  readonly least: number;
  readonly most: number;
}

export const PLACES = ["overlay", "pane"] as const;

/** Over the candles, on their scale; or in a pane of its own. */
export type Place = (typeof PLACES)[number];

export interface IndicatorInfo {
  readonly name: string;
  readonly title: string;
  readonly place: Place;
  /** Of its values: `metric`, `percent`, `ratio`, `deviations` or `volume`. */
  readonly unit: string;
  /** In the order in which they are given. */
  readonly parameters: readonly Parameter[];
  /** What its columns end in; empty where there is only one. */
  readonly outputs: readonly string[];
  readonly explanation: string;
  readonly source: string;
}

export interface PatternInfo {
  readonly name: string;
  readonly title: string;
  readonly explanation: string;
}

export interface DetectorInfo {
  readonly name: string;
  readonly kind: string;
  readonly severity: Severity;
  /** Which tags it makes sense of. */
  readonly watches: string;
  readonly isDefault: boolean;
  readonly parameters: readonly Parameter[];
  readonly explanation: string;
}

export const decodeIndicators = (answer: unknown): IndicatorInfo[] =>
  listIn(answer, "indicators").map((one) => ({
    ...named(one),
    place: PLACES.find((place) => place === one.place) ?? "pane",
    unit: asText(one.unit),
    parameters: parametersOf(one),
    outputs: asArray(one.outputs).map(asText),
    source: asText(one.source),
  }));

export const decodePatterns = (answer: unknown): PatternInfo[] => listIn(answer, "patterns").map(named);

export const decodeDetectors = (answer: unknown): DetectorInfo[] =>
  listIn(answer, "detectors").map((one) => ({
    name: asText(one.name),
    kind: asText(one.kind),
    severity: decodeSeverity(one.severity),
    watches: asText(one.watches),
    isDefault: one.is_default === true,
    parameters: parametersOf(one),
    explanation: asText(one.explanation),
  }));

function listIn(answer: unknown, name: string): Record<string, unknown>[] {
  const list = asRecord(answer)[name];
  if (!Array.isArray(list)) throw new BadAnswer(`no ${name} in the answer`);
  return list.map(asRecord);
}

const named = (one: Record<string, unknown>) => ({
  name: asText(one.name),
  title: asText(one.title),
  explanation: asText(one.explanation),
});

const parametersOf = (one: Record<string, unknown>): Parameter[] =>
  asArray(one.parameters).map((parameter) => {
    const { name, type, default: value, least, most } = asRecord(parameter);
    return {
      name: asText(name),
      isWhole: type === "whole",
      default: asCount(value),
      least: asNumber(least),
      most: asNumber(most),
    };
  });
