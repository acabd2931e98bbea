import type { Alert, AlertProgress, AlertQuery } from "../api/alerts.ts";
import type { Client } from "../api/client.ts";
import { ALERTS_REST_MS } from "./alertCounts.ts";
import { Latest, type LatestListener, type Reply } from "./latest.ts";

/** Alerts as far as they are known. */
export interface KnownAlerts {
  readonly alerts: readonly Alert[];
  readonly progress: AlertProgress;
}

const NONE: KnownAlerts = {
  alerts: [],
  progress: { isComplete: true, seriesDone: 0, seriesTotal: 0, alerts: 0 },
};

/** Keeps up with the alerts that a question is about. */
export function latestAlerts(
  client: Pick<Client, "alerts">,
  listener: LatestListener<AlertQuery, KnownAlerts>,
): Latest<AlertQuery, KnownAlerts> {
  let last: readonly Alert[] = [];
  const ask = async (query: AlertQuery, etag: string, signal: AbortSignal): Promise<Reply<KnownAlerts>> => {
    if (query.detectors?.length === 0) return { answer: NONE, isComplete: true, etag: "" };
    const answer = await client.alerts(query, etag, signal);
    last = answer.alerts ?? last;
    const { progress } = answer;
    return { answer: { alerts: last, progress }, isComplete: progress.isComplete, etag: answer.etag };
  };
  return new Latest(ask, listener, ALERTS_REST_MS);
}
