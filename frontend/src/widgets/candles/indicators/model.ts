import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Alert, AlertQuery } from "../../../api/alerts.ts";
import type { Candles } from "../../../api/types.ts";
import { formatValue } from "../../../base/format.ts";
import { alertSpoken } from "../../../base/words/alerts.ts";
import { valueSpoken } from "../../../base/words/indicators.ts";
import type { ExtrasContent, Mark } from "../../../chart/extras.ts";
import { colourSlots, type DrawnIndicator, INDICATOR_COLOURS } from "../../../chart/indicator.ts";
import { brightnessOf } from "../../../chart/theme.ts";
import { latestAlerts } from "../../../data/alerts.ts";
import {
  type ChosenIndicator,
  chosenOf,
  columnsOf,
  outputsOf,
  readIndicators,
  replaced,
} from "../../../data/indicators.ts";
import type { WantedExtras } from "../../../data/loader.ts";
import { alertsByRow } from "../../../data/marks.ts";
import { type Registries, registriesOf } from "../../registries.ts";
import type { KnownSeries } from "../../series.ts";
import type { Workspace } from "../../workspace.ts";
import type { Reading } from "../reading.ts";
import type { ExtraSettings } from "./settings.ts";

interface ExtrasInputs<Settings extends ExtraSettings> {
  readonly workspace: Workspace;
  readonly settings: Signal<Settings>;
  /** The first is in focus. */
  readonly series: ReadonlySignal<readonly KnownSeries[]>;
}

/** Indicators, alerts and patterns of one chart: which are wanted, in which colours, and which are hidden. */
export class ExtrasModel<Settings extends ExtraSettings = ExtraSettings> {
  readonly registries: Registries;
  readonly settings: Signal<Settings>;
  readonly alerts = signal<readonly Alert[]>([]);
  /** The mark that is pointed at, or was come to by keyboard. */
  readonly mark = signal<Mark | null>(null);
  /** The indicator that is pointed at among the chips. */
  readonly picked = signal<string | null>(null);
  readonly chosen: ReadonlySignal<readonly ChosenIndicator[]>;
  readonly colours: ReadonlySignal<ReadonlyMap<string, string>>;
  /** What to ask for together with the candles; null: nothing. */
  readonly wanted: ReadonlySignal<WantedExtras | null>;

  private slots: ReadonlyMap<string, number> = new Map();

  constructor(private readonly inputs: ExtrasInputs<Settings>) {
    const { settings, workspace } = inputs;
    this.settings = settings;
    this.registries = registriesOf(workspace.client);
    this.chosen = computed(() =>
      readIndicators(settings.value.indicators, this.registries.indicators.value ?? []),
    );
    this.colours = computed(() => this.coloured());
    this.wanted = computed(() => this.asked());
  }

  isHidden({ text }: ChosenIndicator): boolean {
    return this.settings.value.hidden.includes(text);
  }

  add(name: string): void {
    const info = this.registries.indicators.value?.find((one) => one.name === name);
    if (!info) return;
    const texts = this.texts();
    const defaults = chosenOf(info);
    // A second one of a kind begins with other numbers than the first, or it could not be told from it.
    const added = texts.includes(defaults.text) ? another(defaults, texts) : defaults;
    if (added) this.change([...texts, added.text]);
  }

  remove(text: string): void {
    this.change(this.texts().filter((one) => one !== text));
  }

  configure({ text, info }: ChosenIndicator, numbers: readonly number[]): void {
    const { text: after } = chosenOf(info, numbers);
    if (after === text) return;
    const slot = this.slots.get(text);
    if (slot !== undefined) this.slots = new Map([...this.slots, [after, slot]]);
    this.change(replaced(this.texts(), text, after), replaced(this.settings.value.hidden, text, after));
  }

  toggle({ text }: ChosenIndicator): void {
    const { hidden } = this.settings.value;
    const without = hidden.filter((one) => one !== text);
    this.change(this.texts(), without.length < hidden.length ? without : [...hidden, text]);
  }

  /** Alerts that begin in the candle that is read. */
  alertsAt(reading: Reading | null): readonly Alert[] {
    if (reading === null || reading.row < 0 || !this.settings.value.alerts) return [];
    return alertsByRow(this.alerts.value, reading.candles).get(reading.row) ?? [];
  }

  /** What is said of a candle beyond its prices: its alerts, and the indicators. */
  spoken(reading: Reading | null): string {
    if (reading === null || reading.row < 0) return "";
    const alerts = this.alertsAt(reading).map(({ kind, message }) => alertSpoken(kind, message));
    const values = this.chosen.value.flatMap((chosen) =>
      columnsOf(chosen, reading.candles).map(({ output, values }) =>
        valueSpoken(chosen.label, output, formatValue(values[reading.row] ?? Number.NaN)),
      ),
    );
    return [...alerts, ...values].join(". ");
  }

  /** What to draw of what has come with the candles in focus. */
  content(focus: Candles): ExtrasContent {
    const { alerts, patterns } = this.settings.value;
    const drawn = this.chosen.value.filter((one) => !this.isHidden(one));
    const placed = (place: string) =>
      drawn.filter(({ info }) => info.place === place).map((one) => this.drawn(one, focus));
    return {
      overlays: placed("overlay"),
      panes: placed("pane"),
      alerts: alerts ? this.alerts.value : [],
      patterns: patterns ? (focus.patterns ?? []) : [],
    };
  }

  /** Keeps up with the alerts of the series in focus until the returned function is called. */
  follow(): () => void {
    const { workspace, series } = this.inputs;
    const latest = latestAlerts(workspace.client, {
      answered: ({ alerts }) => {
        this.alerts.value = alerts;
      },
      failed: () => {
        this.alerts.value = [];
      },
    });
    let asked = "";
    const stop = effect(() => {
      const [focus] = series.value;
      const wants = focus !== undefined && this.settings.value.alerts;
      const subject = wants ? this.query(focus) : null;
      if (JSON.stringify(subject) !== asked) this.forget();
      asked = JSON.stringify(subject);
      latest.want(subject && { subject, version: workspace.version.value });
    });
    return () => {
      stop();
      latest.close();
    };
  }

  private forget(): void {
    batch(() => {
      this.alerts.value = [];
      this.mark.value = null;
    });
  }

  private query({ run, tag }: KnownSeries): AlertQuery {
    const { detectors, polarities } = this.inputs.workspace;
    const told = [...polarities.value].filter(([one]) => one === tag);
    return { runs: [run], tags: [tag], detectors: detectors.value, polarities: told };
  }

  private drawn(chosen: ChosenIndicator, focus: Candles): DrawnIndicator {
    return {
      id: chosen.text,
      name: chosen.info.name,
      outputs: outputsOf(chosen),
      columns: columnsOf(chosen, focus),
      colour: this.colours.value.get(chosen.text) ?? "",
      isPicked: this.picked.value === chosen.text,
    };
  }

  private asked(): WantedExtras | null {
    const { patterns } = this.settings.value;
    const indicators = this.chosen.value.map(({ text }) => text);
    if (indicators.length === 0 && !patterns) return null;
    const [focus] = this.inputs.series.value;
    const polarity = (focus && this.inputs.workspace.polarities.value.get(focus.tag)) ?? null;
    return { indicators, patterns, polarity, of: "focus" };
  }

  private coloured(): ReadonlyMap<string, string> {
    const names = (this.registries.indicators.value ?? []).map(({ name }) => name);
    const own = this.chosen.value.map(({ text, info }) => ({ text, own: names.indexOf(info.name) }));
    this.slots = colourSlots(own, this.slots);
    const colours = INDICATOR_COLOURS[brightnessOf(this.inputs.workspace.theme.value)];
    return new Map([...this.slots].map(([text, slot]) => [text, colours[slot] ?? ""]));
  }

  /** Of what is drawn, as it is asked for; what was stored may say it otherwise. */
  private texts(): readonly string[] {
    return this.chosen.value.map(({ text }) => text);
  }

  private change(indicators: readonly string[], hidden = this.settings.value.hidden): void {
    const kept = hidden.filter((one) => indicators.includes(one));
    this.settings.value = { ...this.settings.value, indicators, hidden: kept };
  }
}

/** With a first number that none has yet: half as much again, and again; null where there is none. */
function another({ info, numbers }: ChosenIndicator, taken: readonly string[]): ChosenIndicator | null {
  const [first, ...rest] = numbers;
  if (first === undefined) return null;
  for (let number = first * 1.5; number <= (info.parameters[0]?.most ?? 0); number *= 1.5) {
    const chosen = chosenOf(info, [Math.round(number), ...rest]);
    if (!taken.includes(chosen.text)) return chosen;
  }
  return null;
}
