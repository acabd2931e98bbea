import type { Polarity } from "../base/polarity.ts";
import { BadAnswer } from "./errors.ts";
import { asArray, asCount, asNumber, asRecord, asText, isRecord } from "./json.ts";
import type { Loading, Problem, RunInfo, Runs, TagInfo } from "./types.ts";

/** Runs as they are now; an answer that tells only what changed is read together with those `before`. */
export function decodeRuns(answer: unknown, before: Runs | null = null): Runs {
  if (!isRecord(answer) || !Array.isArray(answer.runs)) throw new BadAnswer("no list of runs in the answer");
  const problems = asArray(answer.problems).map((problem) => decodeProblem(asRecord(problem)));
  return {
    version: asText(answer.version),
    exact: answer.exact !== false,
    loading: decodeLoading(asRecord(answer.loading)),
    problems,
    problemCount: Math.max(problems.length, asCount(answer.problem_count)),
    runs: merged(
      answer,
      answer.runs.map((run) => decodeRun(asRecord(run))),
      before,
    ),
  };
}

function merged(
  answer: Record<string, unknown>,
  told: readonly RunInfo[],
  before: Runs | null,
): readonly RunInfo[] {
  if (before === null || answer.since !== before.version) return told;
  const runs = new Map(before.runs.map((run) => [run.name, run]));
  for (const name of asArray(answer.gone)) runs.delete(asText(name));
  const added = told.some(({ name }) => !runs.has(name));
  for (const run of told) runs.set(run.name, run);
  const list = [...runs.values()];
  return added ? list.sort((a, b) => (a.name < b.name ? -1 : 1)) : list;
}

export const decodePolarity = (value: unknown): Polarity =>
  value === "higher_is_better" ? "higher_is_better" : "lower_is_better";

export const decodeUnit = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : null;

const decodeResolution = (value: unknown): number | null =>
  typeof value === "number" && value >= 1 ? value : null;

function decodeLoading(loading: Record<string, unknown>): Loading {
  return {
    done: asCount(loading.done),
    total: asCount(loading.total),
    bytesRead: asCount(loading.bytes_read),
    bytesTotal: asCount(loading.bytes_total),
  };
}

function decodeProblem(problem: Record<string, unknown>): Problem {
  return {
    run: asText(problem.run),
    file: asText(problem.file),
    offset: asNumber(problem.offset),
    what: asText(problem.what),
  };
}

function decodeRun(run: Record<string, unknown>): RunInfo {
  return {
    name: asText(run.name),
    tags: asArray(run.tags).map((tag) => decodeTag(asRecord(tag))),
    volumeTag: typeof run.volume_tag === "string" ? run.volume_tag : null,
    hasEpochs: run.has_epochs === true,
    records: decodeRecords(run.records),
    startTime: asNumber(run.start_time),
    endTime: asNumber(run.end_time),
  };
}

const decodeRecords = (records: unknown): RunInfo["records"] =>
  mapped(asRecord(records), (tags) => mapped(asRecord(tags), asCount));

const mapped = <Value>(
  record: Record<string, unknown>,
  decode: (value: unknown) => Value,
): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, decode(value)]));

function decodeTag(tag: Record<string, unknown>): TagInfo {
  return {
    tag: asText(tag.tag),
    points: asCount(tag.points),
    firstStep: asNumber(tag.first_step),
    lastStep: asNumber(tag.last_step),
    lastValue: asNumber(tag.last_value),
    polarity: decodePolarity(tag.polarity),
    unit: decodeUnit(tag.unit),
    resolution: decodeResolution(tag.resolution),
  };
}
