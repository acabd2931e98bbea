import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Client } from "../api/client.ts";
import { Unreachable } from "../api/errors.ts";
import type { DetectorInfo, IndicatorInfo, PatternInfo } from "../api/registries.ts";
import { RETRY_MS } from "./trouble.ts";

/** What the server can compute and look for; null until it has said so. */
export interface Registries {
  readonly indicators: ReadonlySignal<readonly IndicatorInfo[] | null>;
  readonly patterns: ReadonlySignal<readonly PatternInfo[] | null>;
  readonly detectors: ReadonlySignal<readonly DetectorInfo[] | null>;
}

const known = new WeakMap<Client, Registries>();

/** Asked for once, by whoever needs one of them first. */
export function registriesOf(client: Client): Registries {
  const there = known.get(client);
  if (there) return there;
  const registries = {
    indicators: asked(() => client.indicators()),
    patterns: asked(() => client.patterns()),
    detectors: asked(() => client.detectors()),
  };
  known.set(client, registries);
  return registries;
}

function asked<Item>(ask: () => Promise<readonly Item[]>): Signal<readonly Item[] | null> {
  const answer = signal<readonly Item[] | null>(null);
  const attempt = async () => {
    try {
      answer.value = await ask();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      setTimeout(() => void attempt(), RETRY_MS);
    }
  };
  void attempt();
  return answer;
}
