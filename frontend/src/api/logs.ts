import { asArray, asCount, asNumber, asRecord, asText } from "./json.ts";
import { decodeProgressOf, type Progress } from "./progress.ts";

export interface LogQuery {
  readonly runs: readonly string[];
  /** Empty: lines of all levels. */
  readonly levels: readonly string[];
  /** Looked for in all lines, not only in those that are answered; empty: nothing. */
  readonly search: string;
  /** Of the last lines of each run. */
  readonly limit: number;
}

/** The last lines of one run as parallel columns, the newest last. */
export interface RunLog {
  readonly run: string;
  /** How many there are that were asked for, with those that are not here. */
  readonly total: number;
  /** How many lines of each level the run has, whatever was asked for. */
  readonly levels: ReadonlyMap<string, number>;
  readonly time: Float64Array;
  readonly step: Float64Array;
  readonly level: readonly string[];
  /** Null of lines that are no longer there to be read. */
  readonly message: readonly (string | null)[];
}

export interface LogAnswer {
  readonly progress: Progress | null;
  readonly logs: readonly RunLog[];
}

/** `logs?limit=500&search=nan&level=warning&level=error&run=a&run=b` */
export function logsPath({ runs, levels, search, limit }: LogQuery): string {
  const parameters = new URLSearchParams({ limit: String(limit) });
  if (search !== "") parameters.set("search", search);
  for (const level of levels) parameters.append("level", level);
  for (const run of runs) parameters.append("run", run);
  return `logs?${parameters}`;
}

/** Where the whole log of a run is, as text. */
export const logTextPath = (run: string): string => `logs/text?${new URLSearchParams({ run })}`;

export const decodeLogs = (answer: unknown): LogAnswer => ({
  progress: decodeProgressOf(answer),
  logs: asArray(asRecord(answer).logs).map((item) => decodeRun(asRecord(item))),
});

function decodeRun({ run, total, levels, columns }: Record<string, unknown>): RunLog {
  const { time, step, level, message } = asRecord(columns);
  return {
    run: asText(run),
    total: asCount(total),
    levels: new Map(Object.entries(asRecord(levels)).map(([name, count]) => [name, asCount(count)])),
    time: Float64Array.from(asArray(time), asNumber),
    step: Float64Array.from(asArray(step), asNumber),
    level: asArray(level).map(asText),
    message: asArray(message).map((one) => (typeof one === "string" ? one : null)),
  };
}
