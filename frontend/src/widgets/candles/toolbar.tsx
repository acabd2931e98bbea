import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { Axis } from "../../base/axis.ts";
import { formatWidth } from "../../base/format.ts";
import { PRICE_SCALES } from "../../base/priceScale.ts";
import { STRINGS } from "../../base/strings.ts";
import {
  AXIS_HINTS,
  AXIS_NAMES,
  MODE_HINTS,
  MODE_NAMES,
  SCALE_HINTS,
  SCALE_NAMES,
  STYLE_HINTS,
  STYLE_NAMES,
  TOOLBAR,
} from "../../base/words/candleChart.ts";
import { STYLES } from "../../chart/bars.ts";
import { MODES, type PriceFit } from "../../chart/strands.ts";
import { Choice } from "../choice.tsx";
import { Popover } from "../popover.tsx";
import { Glyph } from "./glyphs.tsx";
import { type CandleSettings, parseStepsPerEpoch, parseWidth } from "./settings.ts";

/** What the axis says: seconds are a time since the start, or the time of day. */
type AxisName = Axis | "clock";

const AXIS_CHOICES: readonly AxisName[] = ["steps", "epochs", "seconds", "clock"];
const FITS: readonly PriceFit[] = ["wicks", "bodies"];

interface SectionProps {
  readonly settings: Signal<CandleSettings>;
}

interface WidthProps extends SectionProps {
  readonly shown: number | null;
}

export interface ToolbarProps extends WidthProps {
  /** Whether some runs need to be told how long their epochs are. */
  readonly asksStepsPerEpoch: boolean;
  /** Whether there are several runs to draw in one way or another. */
  readonly several: boolean;
  readonly selects: Signal<boolean>;
  readonly fit: () => void;
}

const axisName = ({ axis, clock }: CandleSettings): AxisName =>
  axis === "seconds" && clock ? "clock" : axis;

/** One button for each kind of setting. */
export function Toolbar(props: ToolbarProps) {
  const { settings, several, selects, fit } = props;
  return (
    <div class="toolbar" role="toolbar" aria-label={STRINGS.product}>
      <AxisMenu {...props} />
      <Menu name="style" label={TOOLBAR.styleMenu} face={<StyleFace settings={settings} />}>
        <StyleSection settings={settings} />
      </Menu>
      <Menu name="scale" label={TOOLBAR.scaleMenu} face={SCALE_NAMES[settings.value.scale]}>
        <ScaleSection settings={settings} />
      </Menu>
      {several && (
        <Menu name="mode" label={TOOLBAR.modeMenu} face={<ModeFace settings={settings} />}>
          <ModeSection settings={settings} />
        </Menu>
      )}
      <span class="tools">
        <button
          type="button"
          class="tool"
          data-testid="select-range"
          aria-pressed={selects.value}
          aria-label={TOOLBAR.select}
          title={TOOLBAR.selectHint}
          onClick={() => {
            selects.value = !selects.value;
          }}
        >
          <Glyph name="select" />
        </button>
        <button
          type="button"
          class="tool"
          data-testid="fit"
          aria-label={TOOLBAR.fit}
          title={TOOLBAR.fitHint}
          onClick={fit}
        >
          <Glyph name="fit" />
        </button>
      </span>
    </div>
  );
}

interface MenuProps {
  readonly name: string;
  readonly label: string;
  readonly face: ComponentChildren;
  readonly children: ComponentChildren;
}

const Menu = ({ name, label, face, children }: MenuProps) => (
  <Popover
    button={{ class: `menu-button menu-${name}`, title: label, "data-testid": `${name}-menu` }}
    face={face}
    name={label}
  >
    {() => <div class="sections">{children}</div>}
  </Popover>
);

function AxisMenu(props: ToolbarProps) {
  const { axis, width } = props.settings.value;
  const shown = width === "auto" ? props.shown : width;
  return (
    <Menu
      name="axis"
      label={TOOLBAR.axisMenu}
      face={
        <>
          {AXIS_NAMES[axisName(props.settings.value)]}
          <span class="soft">{shown === null ? "" : formatWidth(axis, shown)}</span>
        </>
      }
    >
      <AxisSection {...props} />
    </Menu>
  );
}

const StyleFace = ({ settings }: SectionProps) => (
  <>
    <Glyph name={settings.value.style} />
    <span class="face-words">{STYLE_NAMES[settings.value.style]}</span>
  </>
);

const ModeFace = ({ settings }: SectionProps) => (
  <>
    <Glyph name={settings.value.mode} />
    <span class="face-words">{MODE_NAMES[settings.value.mode]}</span>
  </>
);

const Section = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <section>
    <h3>{title}</h3>
    {children}
  </section>
);

function AxisSection({ settings, shown, asksStepsPerEpoch }: ToolbarProps) {
  // A width in steps means nothing in seconds.
  const pick = (picked: AxisName) => {
    const { axis: before, width } = settings.value;
    const axis = picked === "clock" ? "seconds" : picked;
    const kept = axis === before ? width : "auto";
    settings.value = { ...settings.value, axis, clock: picked === "clock", width: kept };
  };
  return (
    <>
      <Section title={TOOLBAR.axis}>
        <Choice
          label={TOOLBAR.axis}
          options={AXIS_CHOICES}
          value={axisName(settings.value)}
          names={AXIS_NAMES}
          hints={AXIS_HINTS}
          testId="axis"
          pick={pick}
        />
      </Section>
      <Section title={TOOLBAR.width}>
        <WidthControl settings={settings} shown={shown} />
        {asksStepsPerEpoch && <StepsPerEpoch settings={settings} />}
      </Section>
    </>
  );
}

function StyleSection({ settings }: SectionProps) {
  return (
    <Section title={TOOLBAR.style}>
      <Options
        options={STYLES}
        value={settings.value.style}
        names={STYLE_NAMES}
        hints={STYLE_HINTS}
        testId="style"
        pick={(style) => {
          settings.value = { ...settings.value, style };
        }}
      />
    </Section>
  );
}

function ScaleSection({ settings }: SectionProps) {
  return (
    <>
      <Section title={TOOLBAR.scale}>
        <Options
          options={PRICE_SCALES}
          value={settings.value.scale}
          names={SCALE_NAMES}
          hints={SCALE_HINTS}
          testId="scale"
          pick={(scale) => {
            settings.value = { ...settings.value, scale };
          }}
        />
      </Section>
      <Section title={TOOLBAR.fitTo}>
        <Choice
          label={TOOLBAR.fitTo}
          options={FITS}
          value={settings.value.fit}
          names={STRINGS.pricesNames}
          hints={STRINGS.pricesHints}
          testId="prices"
          pick={(fit) => {
            settings.value = { ...settings.value, fit };
          }}
        />
      </Section>
    </>
  );
}

function ModeSection({ settings }: SectionProps) {
  return (
    <Section title={TOOLBAR.mode}>
      <Options
        options={MODES}
        value={settings.value.mode}
        names={MODE_NAMES}
        hints={MODE_HINTS}
        testId="mode"
        pick={(mode) => {
          settings.value = { ...settings.value, mode };
        }}
      />
    </Section>
  );
}

interface OptionsProps<T extends string> {
  readonly options: readonly T[];
  readonly value: T;
  readonly names: Readonly<Record<T, string>>;
  readonly hints: Readonly<Record<T, string>>;
  readonly testId: string;
  readonly pick: (value: T) => void;
}

/** One of a few, each with what it is good for. */
function Options<T extends string>({ options, value, names, hints, testId, pick }: OptionsProps<T>) {
  return (
    <div class="explained">
      {options.map((option) => (
        <button
          key={option}
          type="button"
          data-testid={`${testId}-${option}`}
          aria-pressed={option === value}
          onClick={() => pick(option)}
        >
          <b>{names[option]}</b>
          <small>{hints[option]}</small>
        </button>
      ))}
    </div>
  );
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
