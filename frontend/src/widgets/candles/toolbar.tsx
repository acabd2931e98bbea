import type { Signal } from "@preact/signals";
import { AXES } from "../../base/axis.ts";
import { formatWidth } from "../../base/format.ts";
import { PRICE_SCALES, type PriceScale } from "../../base/priceScale.ts";
import { STRINGS } from "../../base/strings.ts";
import type { PriceFit } from "../../chart/strands.ts";
import { Choice } from "../choice.tsx";
import { type CandleSettings, parseStepsPerEpoch, parseWidth } from "./settings.ts";

interface WidthProps {
  readonly settings: Signal<CandleSettings>;
  readonly shown: number | null;
}

function WidthControl({ settings, shown }: WidthProps) {
  const { axis, width } = settings.value;
  const units = STRINGS.widthUnits[axis];
  const change = (text: string) => {
    settings.value = { ...settings.value, width: parseWidth(text, axis) ?? "auto" };
  };
  return (
    <fieldset class="choice width-control" aria-label={STRINGS.candleWidth}>
      <button
        type="button"
        data-testid="width-auto"
        aria-pressed={width === "auto"}
        title={STRINGS.autoHint}
        onClick={() => change("")}
      >
        {STRINGS.auto}
      </button>
      <input
        type="text"
        inputMode="decimal"
        data-testid="width"
        aria-label={`${STRINGS.candleWidth} (${units})`}
        placeholder={shown === null ? "" : axis === "seconds" ? String(shown) : formatWidth(axis, shown)}
        value={width === "auto" ? "" : String(width)}
        onChange={(event) => change(event.currentTarget.value)}
      />
      <span class="unit">{(width === "auto" ? shown : width) === 1 ? STRINGS.widthUnit[axis] : units}</span>
    </fieldset>
  );
}

export function StepsPerEpoch({ settings }: { readonly settings: Signal<CandleSettings> }) {
  const { stepsPerEpoch } = settings.value;
  return (
    <fieldset class="choice width-control" title={STRINGS.stepsPerEpochHint}>
      <input
        type="text"
        inputMode="numeric"
        data-testid="steps-per-epoch"
        aria-label={STRINGS.stepsPerEpoch}
        placeholder={STRINGS.stepsPerEpochExample}
        value={stepsPerEpoch ?? ""}
        onChange={(event) => {
          const typed = parseStepsPerEpoch(event.currentTarget.value);
          settings.value = { ...settings.value, stepsPerEpoch: typed };
          // What can't be used is not kept in sight.
          event.currentTarget.value = String(typed ?? "");
        }}
      />
      <span class="unit">{STRINGS.stepsPerEpoch}</span>
    </fieldset>
  );
}

const FITS: readonly PriceFit[] = ["wicks", "bodies"];

interface ToolbarProps extends WidthProps {
  /** Whether some runs need to be told how long their epochs are. */
  readonly asksStepsPerEpoch: boolean;
  readonly fit: () => void;
}

export function Toolbar({ settings, shown, asksStepsPerEpoch, fit }: ToolbarProps) {
  const { axis, scale } = settings.value;
  // A width in steps means nothing in seconds.
  const pickAxis = (picked: typeof axis) => {
    if (picked !== axis) settings.value = { ...settings.value, axis: picked, width: "auto" };
  };
  const pickScale = (picked: PriceScale) => {
    settings.value = { ...settings.value, scale: picked };
  };
  return (
    <div class="toolbar" role="toolbar" aria-label={STRINGS.product}>
      <Labelled text={STRINGS.axis} short={STRINGS.axisShort}>
        <Choice
          label={STRINGS.axis}
          options={AXES}
          value={axis}
          names={STRINGS.axisNames}
          hints={STRINGS.axisHints}
          testId="axis"
          pick={pickAxis}
        />
      </Labelled>
      <Labelled text={STRINGS.candleWidth} short={STRINGS.candleShort}>
        <WidthControl settings={settings} shown={shown} />
      </Labelled>
      {asksStepsPerEpoch && <StepsPerEpoch settings={settings} />}
      <Labelled text={STRINGS.scale} short={STRINGS.scaleShort}>
        <Choice
          label={STRINGS.scale}
          options={PRICE_SCALES}
          value={scale}
          names={STRINGS.scaleNames}
          testId="scale"
          pick={pickScale}
        />
      </Labelled>
      <Labelled text={STRINGS.prices} short={STRINGS.pricesShort}>
        <Choice
          label={STRINGS.prices}
          options={FITS}
          value={settings.value.fit}
          names={STRINGS.pricesNames}
          hints={STRINGS.pricesHints}
          testId="prices"
          pick={(picked) => {
            settings.value = { ...settings.value, fit: picked };
          }}
        />
      </Labelled>
      <button type="button" class="plain" data-testid="fit" title={STRINGS.fitHint} onClick={fit}>
        {STRINGS.fit}
      </button>
    </div>
  );
}

function Labelled({
  text,
  short,
  children,
}: {
  text: string;
  short: string;
  children: preact.ComponentChildren;
}) {
  return (
    <div class="labelled">
      <span class="label" title={text} aria-hidden="true">
        {short}
      </span>
      {children}
    </div>
  );
}
