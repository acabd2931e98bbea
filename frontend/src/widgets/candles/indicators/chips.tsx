import { formatDigits } from "../../../base/format.ts";
import { STRINGS } from "../../../base/strings.ts";
import { actOn, configure, INDICATOR_WORDS, outputName } from "../../../base/words/indicators.ts";
import type { Painted } from "../../../chart/candleContent.ts";
import { type ChosenIndicator, columnsOf, outputsOf } from "../../../data/indicators.ts";
import { fetched } from "../../fetched.tsx";
import { Popover } from "../../popover.tsx";
import type { Reading } from "../reading.ts";
import type { ExtrasModel } from "./model.ts";

const Configure = fetched(async () => (await import("./configure.tsx")).Configure);

const SEPARATOR_PX = 1;
const TOP_PX = 4;

interface ChipsProps {
  readonly extras: ExtrasModel;
  readonly painted: Painted | null;
  readonly reading: Reading | null;
}

/** The indicators of a chart, at the top of their panes: what they are, and their values at the crosshair. */
export function Chips({ extras, painted, reading }: ChipsProps) {
  if (painted === null) return null;
  const chosen = extras.chosen.value;
  const overlays = chosen.filter(({ info }) => info.place === "overlay");
  const hiddenPanes = chosen.filter((one) => one.info.place === "pane" && extras.isHidden(one));
  // Keys are places in the list, so that what is being configured stays open while its numbers change.
  const inMain = [...overlays, ...hiddenPanes];
  return (
    <>
      <ul class="chips" aria-label={INDICATOR_WORDS.list} style={{ top: `${TOP_PX}px` }}>
        {inMain.map((one) => (
          <Chip key={chosen.indexOf(one)} chosen={one} extras={extras} reading={reading} />
        ))}
        <Refused reading={reading} extras={extras} />
      </ul>
      {chosen.map((one) => {
        const pane = painted.indicatorPanes.get(one.text);
        if (pane === undefined || extras.isHidden(one)) return null;
        return (
          <ul key={chosen.indexOf(one)} class="chips" style={{ top: `${topOf(painted, pane)}px` }}>
            <Chip chosen={one} extras={extras} reading={reading} />
          </ul>
        );
      })}
    </>
  );
}

const topOf = ({ panes }: Painted, index: number): number =>
  panes.slice(0, index).reduce((top, height) => top + height + SEPARATOR_PX, TOP_PX);

/** Why nothing came: the server's own words. */
function Refused({ reading, extras }: Pick<ChipsProps, "reading" | "extras">) {
  const why = reading?.candles.extrasRefused;
  if (why === undefined || extras.wanted.value === null) return null;
  return (
    <li class="chip chip-refused" data-testid="indicators-refused">
      {INDICATOR_WORDS.failed} {why}
    </li>
  );
}

interface ChipProps {
  readonly chosen: ChosenIndicator;
  readonly extras: ExtrasModel;
  readonly reading: Reading | null;
}

function Chip({ chosen, extras, reading }: ChipProps) {
  const { text, label, info } = chosen;
  const isHidden = extras.isHidden(chosen);
  const pick = (picked: string | null) => () => {
    extras.picked.value = picked;
  };
  return (
    <li
      class={isHidden ? "chip hidden" : "chip"}
      style={{ "--chip": extras.colours.value.get(text) }}
      data-testid="indicator-chip"
      data-indicator={text}
      onMouseEnter={pick(text)}
      onMouseLeave={pick(null)}
    >
      <Popover
        button={{
          class: "chip-name",
          "data-term": info.name,
          "data-testid": "chip-configure",
          "aria-label": configure(label),
        }}
        face={label}
        name={configure(info.title)}
      >
        {(close) => <Configure chosen={chosen} extras={extras} close={close} />}
      </Popover>
      {!isHidden && reading && <Values chosen={chosen} reading={reading} />}
      <span class="chip-acts">
        <Act
          words={actOn(isHidden ? INDICATOR_WORDS.show : INDICATOR_WORDS.hide, label)}
          testId="chip-hide"
          act={() => extras.toggle(chosen)}
        >
          <Eye isOpen={!isHidden} />
        </Act>
        <Act
          words={actOn(INDICATOR_WORDS.remove, label)}
          testId="chip-remove"
          act={() => extras.remove(text)}
        >
          ×
        </Act>
      </span>
    </li>
  );
}

interface ActProps {
  readonly words: string;
  readonly testId: string;
  readonly act: () => void;
  readonly children: preact.ComponentChildren;
}

const Act = ({ words, testId, act, children }: ActProps) => (
  <button type="button" class="chip-act" title={words} aria-label={words} data-testid={testId} onClick={act}>
    {children}
  </button>
);

const Eye = ({ isOpen }: { readonly isOpen: boolean }) => (
  <svg viewBox="0 0 16 12" width="14" height="11" aria-hidden="true">
    <path d="M1 6c2-3.4 4.300-5 7-5s5 1.600 7 5c-2 3.400-4.300 5-7 5S3 9.400 1 6z" />
    {isOpen ? <circle cx="8" cy="6" r="2.200" /> : <path d="M2 11.500 14 .500" />}
  </svg>
);

/** `data-value` carries the double itself. */
function Values({ chosen, reading }: { readonly chosen: ChosenIndicator; readonly reading: Reading }) {
  const columns = columnsOf(chosen, reading.candles);
  return (
    <span class="chip-values">
      {outputsOf(chosen).map((output) => {
        const value = columns.find((one) => one.output === output)?.values[reading.row] ?? Number.NaN;
        return (
          <span
            key={output}
            title={output && outputName(output)}
            data-testid="chip-value"
            data-output={output}
            data-value={Number.isFinite(value) ? String(value) : ""}
          >
            {Number.isFinite(value) ? formatDigits(value, 4) : STRINGS.empty}
          </span>
        );
      })}
    </span>
  );
}
