import type { AlertCount, Lookout } from "../api/alerts.ts";
import type { Client } from "../api/client.ts";
import { Refused } from "../api/errors.ts";
import { Latest, type Reply } from "./latest.ts";

/** Looking at what every step of a training adds would keep the server from its other work. */
export const ALERTS_REST_MS = 4000;

export type AlertCounts = ReadonlyMap<string, AlertCount>;

const NOTHING: Reply<AlertCounts> = { answer: new Map(), isComplete: true, etag: "" };

/** Keeps up with how many alerts each run has, of those that have any. */
export const latestCounts = (
  client: Pick<Client, "alertCounts">,
  changed: (counts: AlertCounts) => void,
): Latest<Lookout, AlertCounts> =>
  new Latest(
    (lookout, etag, signal) => ask(client, lookout, etag, signal),
    {
      answered: changed,
      // Detectors that were stored may be none of this server's; the list of alerts says so.
      failed: (error) => {
        if (error instanceof Refused) changed(NOTHING.answer);
      },
    },
    ALERTS_REST_MS,
  );

async function ask(
  client: Pick<Client, "alertCounts">,
  lookout: Lookout,
  etag: string,
  signal: AbortSignal,
): Promise<Reply<AlertCounts> | null> {
  if (lookout.detectors?.length === 0) return NOTHING;
  const answer = await client.alertCounts(lookout, etag, signal);
  if (answer === null) return null;
  const counts = new Map(answer.counts.map((count) => [count.run, count]));
  return { answer: counts, isComplete: answer.isComplete, etag: answer.etag };
}
