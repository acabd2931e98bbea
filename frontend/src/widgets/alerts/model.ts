import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Alert } from "../../api/alerts.ts";
import { Refused } from "../../api/errors.ts";
import { type KnownAlerts, latestAlerts } from "../../data/alerts.ts";
import { type ChosenDetector, detectorTexts, readDetectors } from "../../data/detectors.ts";
import { registriesOf } from "../registries.ts";
import type { Workspace } from "../workspace.ts";
import { inScope, rowsOf } from "./rows.ts";
import type { AlertSettings } from "./settings.ts";

/** The alerts of many runs, as far as they are known, and what looks for them. */
export class AlertModel {
  readonly known = signal<KnownAlerts | null>(null);
  /** What the API said where it could not answer. */
  readonly refusal = signal<string | null>(null);
  /** Of the runs that the list is about, whatever their kind. */
  readonly scoped: ReadonlySignal<readonly Alert[]>;
  readonly rows: ReadonlySignal<readonly Alert[]>;
  /** How many more the list would hold if it were about all runs. */
  readonly moreUnchecked: ReadonlySignal<number>;
  readonly detectors: ReadonlySignal<readonly ChosenDetector[]>;

  constructor(
    private readonly workspace: Workspace,
    private readonly settings: Signal<AlertSettings>,
  ) {
    this.scoped = computed(() => {
      const { scope, tag } = settings.value;
      const checked = scope === "checked" ? new Set(workspace.choice.value.checked) : null;
      return inScope(this.known.value?.alerts ?? [], checked, tag);
    });
    this.rows = computed(() => rowsOf(this.scoped.value, settings.value));
    this.moreUnchecked = computed(() => {
      const ofAll = inScope(this.known.value?.alerts ?? [], null, settings.value.tag);
      return rowsOf(ofAll, settings.value).length - this.rows.value.length;
    });
    const registries = registriesOf(workspace.client);
    this.detectors = computed(() =>
      readDetectors(workspace.detectors.value, registries.detectors.value ?? []),
    );
  }

  /** How many runs were looked at. */
  runCount(): number {
    const { choice, runs } = this.workspace;
    return this.settings.value.scope === "checked"
      ? choice.value.checked.length
      : (runs.value?.runs.length ?? 0);
  }

  choose(changed: ChosenDetector): void {
    const all = this.detectors.value.map((one) => (one.info.name === changed.info.name ? changed : one));
    this.workspace.detectors.value = detectorTexts(all);
  }

  reset(): void {
    this.workspace.detectors.value = null;
  }

  /** Brings the place into view, in every widget that shows it. */
  reveal({ run, tag, firstStep, lastStep }: Alert): void {
    this.workspace.reveal({ run, tag, steps: { from: firstStep, to: lastStep + 1 } });
  }

  /** Keeps up until the returned function is called. */
  follow(): () => void {
    const { client, detectors, polarities, version } = this.workspace;
    const latest = latestAlerts(client, {
      answered: (known) => {
        this.refusal.value = null;
        this.known.value = known;
      },
      failed: (error) => {
        if (!(error instanceof Refused)) return;
        this.refusal.value = error.message;
        // They were found in another way than is asked for now.
        this.known.value = null;
      },
    });
    const stop = effect(() => {
      const lookout = { detectors: detectors.value, polarities: [...polarities.value] };
      const subject = { runs: [], tags: [], ...lookout };
      latest.want(version.value === "" ? null : { subject, version: version.value });
    });
    return () => {
      stop();
      latest.close();
    };
  }
}
