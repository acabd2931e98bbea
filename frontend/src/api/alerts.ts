import type { Polarity } from "../base/polarity.ts";
import { SEVERITIES, type Severity } from "../base/severity.ts";
import { BadAnswer } from "./errors.ts";
import { asArray, asCount, asNumber, asRecord, asText } from "./json.ts";

/** Something that went wrong in a series. */
export interface Alert {
  readonly run: string;
  readonly tag: string;
  readonly kind: string;
  readonly severity: Severity;
  readonly firstStep: number;
  readonly lastStep: number;
  /** The worst value; NaN where it is not finite. */
  readonly value: number;
  readonly message: string;
  /** Whose finding it is, with all of its settings. */
  readonly detector: string;
}

/** How far the looking is. */
export interface AlertProgress {
  readonly isComplete: boolean;
  readonly seriesDone: number;
  readonly seriesTotal: number;
  /** How many there are, beyond those in the answer, too. */
  readonly alerts: number;
}

export interface AlertAnswer {
  /** Sent with the next question, so that what has not changed is not sent again. */
  readonly etag: string;
  readonly progress: AlertProgress;
  /** Null: those that came with that ETag. */
  readonly alerts: readonly Alert[] | null;
}

/** What looks for alerts, and how. */
export interface Lookout {
  /** As `spike:z=10`; null: those that look by default. */
  readonly detectors: readonly string[] | null;
  /** Of tags, in place of what is known of them. */
  readonly polarities: readonly (readonly [tag: string, Polarity])[];
}

/** What is empty or null leaves nothing out. */
export interface AlertQuery extends Lookout {
  readonly runs: readonly string[];
  readonly tags: readonly string[];
}

export interface AlertCount {
  readonly run: string;
  readonly count: number;
  readonly worst: Severity;
}

export interface AlertCountsAnswer {
  readonly etag: string;
  readonly isComplete: boolean;
  /** Of the runs that have any. */
  readonly counts: readonly AlertCount[];
}

/** `alerts?run=a&tag=loss&detectors=spike%3Az%3D10` */
export const alertsPath = (query: AlertQuery): string => withParameters("alerts", query);

export const alertCountsPath = (lookout: Lookout): string =>
  withParameters("alerts/counts", { runs: [], tags: [], ...lookout });

function withParameters(route: string, { runs, tags, detectors, polarities }: AlertQuery): string {
  const parameters = new URLSearchParams();
  for (const run of runs) parameters.append("run", run);
  for (const tag of tags) parameters.append("tag", tag);
  if (detectors !== null) parameters.set("detectors", detectors.join(","));
  for (const [tag, polarity] of polarities) parameters.append(polarity, tag);
  const text = parameters.toString();
  return text === "" ? route : `${route}?${text}`;
}

export function decodeAlerts(answer: unknown): Alert[] {
  if (!Array.isArray(answer)) throw new BadAnswer("no list of alerts in the answer");
  return answer.map((alert) => decodeAlert(asRecord(alert)));
}

function decodeAlert(alert: Record<string, unknown>): Alert {
  return {
    run: asText(alert.run),
    tag: asText(alert.tag),
    kind: asText(alert.kind),
    severity: decodeSeverity(alert.severity),
    firstStep: asNumber(alert.first_step),
    lastStep: asNumber(alert.last_step),
    value: asNumber(alert.value),
    message: asText(alert.message),
    detector: asText(alert.detector),
  };
}

export const decodeSeverity = (value: unknown): Severity =>
  SEVERITIES.find((severity) => severity === value) ?? "info";

/** The header `Candles-Progress`; without it nothing is known to be missing. */
export function decodeProgress(header: string | null): AlertProgress {
  return progressOf(asRecord(header === null ? null : JSON.parse(header)));
}

const progressOf = (progress: Record<string, unknown>): AlertProgress => ({
  isComplete: progress.is_complete !== false,
  seriesDone: asCount(progress.series_done),
  seriesTotal: asCount(progress.series_total),
  alerts: asCount(progress.alerts),
});

export function decodeAlertCounts(answer: unknown): Pick<AlertCountsAnswer, "isComplete" | "counts"> {
  const { progress, runs } = asRecord(answer);
  const counts = asArray(runs).map((run) => decodeCount(asRecord(run)));
  const { isComplete } = progressOf(asRecord(progress));
  return { isComplete, counts: counts.filter((one) => one.count > 0) };
}

function decodeCount({ run, count, severities }: Record<string, unknown>): AlertCount {
  const known = asRecord(severities);
  const worst = SEVERITIES.find((severity) => asCount(known[severity]) > 0) ?? "info";
  return { run: asText(run), count: asCount(count), worst };
}
