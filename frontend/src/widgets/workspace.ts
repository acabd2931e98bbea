import type { ReadonlySignal, Signal } from "@preact/signals";
import type { AlertCount } from "../api/alerts.ts";
import type { Client } from "../api/client.ts";
import type { Config, Right } from "../api/config.ts";
import type { Runs } from "../api/types.ts";
import type { LineAxis, Range } from "../base/axis.ts";
import type { Polarity } from "../base/polarity.ts";
import type { ThemeName } from "../chart/theme.ts";
import type { Choice } from "../data/choice.ts";

/** Where the pointer or the keyboard is, in the unit of an axis; whoever shows that axis shows it too. */
export interface Crosshair {
  readonly axis: LineAxis;
  readonly at: number;
  /** Id of the widget that it is in. */
  readonly source: string;
}

/** Something to look at: widgets that can show it bring it into view. */
export interface Place {
  readonly run: string;
  readonly tag: string;
  readonly steps: Range;
}

/** What may be changed from here, and how. */
export interface Rights {
  /** Null until it is known. */
  readonly config: ReadonlySignal<Config | null>;
  /**
   * Asks for a change, and the person for a token first where one is needed.
   * Throws Refused in the server's words, and GaveUp where the person did not give the token.
   */
  change(right: Right, path: string, body: object): Promise<unknown>;
}

/** What every widget may know of the tab, and ask of it. */
export interface Workspace {
  readonly client: Client;
  readonly theme: ReadonlySignal<ThemeName>;
  /** Null until the first answer. */
  readonly runs: ReadonlySignal<Runs | null>;
  /** Of all data; another one means that something may be drawn anew. */
  readonly version: ReadonlySignal<string>;
  /** The run in focus, the runs that are checked, and the tag, as picked beside the dashboard. */
  readonly choice: ReadonlySignal<Choice>;
  readonly colours: ReadonlySignal<ReadonlyMap<string, string>>;
  /** Tags whose direction a person set, against what the log or the name says. */
  readonly polarities: ReadonlySignal<ReadonlyMap<string, Polarity>>;
  /** What looks for alerts, as `spike:z=10`; null: what looks by default. */
  readonly detectors: Signal<readonly string[] | null>;
  /** Of the runs that have any: how many, and the worst of them. */
  readonly alertCounts: ReadonlySignal<ReadonlyMap<string, AlertCount>>;
  readonly crosshair: Signal<Crosshair | null>;
  /** The last place that was jumped to; a new object each time. */
  readonly place: ReadonlySignal<Place | null>;
  readonly rights: Rights;
  /** Whether anybody sees the page: what polls rests while nobody does. */
  readonly isSeen: ReadonlySignal<boolean>;
  focus(run: string): void;
  check(runs: readonly string[], on: boolean): void;
  showTag(tag: string): void;
  setPolarity(tag: string, polarity: Polarity | null): void;
  reveal(place: Place): void;
}
