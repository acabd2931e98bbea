import { effect, type ReadonlySignal } from "@preact/signals";
import type { Client } from "../../api/client.ts";
import type { Range } from "../../base/axis.ts";
import type { Frame } from "../../data/feed.ts";
import { placeView } from "../line/place.ts";
import type { Place } from "../workspace.ts";
import type { CandleSettings } from "./settings.ts";

interface RevealInputs {
  readonly client: Client;
  readonly place: ReadonlySignal<Place | null>;
  readonly settings: ReadonlySignal<CandleSettings>;
  readonly frame: ReadonlySignal<Frame | null>;
}

/** Brings into view what is jumped to, once it is its run that is shown; until the returned function is called. */
export function followPlace(
  { client, place, settings, frame }: RevealInputs,
  look: (view: Range, place: Place) => void,
): () => void {
  let done = place.peek();
  return effect(() => {
    const [wanted, shown] = [place.value, frame.value?.candles[0]];
    if (wanted === null || wanted === done) return;
    const { tag, axis } = settings.peek();
    // What keeps to another tag has nothing to show of it, later either.
    if (tag !== null && tag !== wanted.tag) done = wanted;
    if (wanted === done || shown?.run !== wanted.run || shown.tag !== wanted.tag) return;
    done = wanted;
    void placeView(client, wanted, axis).then((view) => {
      if (view !== null) look(view, wanted);
    });
  });
}
