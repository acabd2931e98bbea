import { MARK_WORDS } from "../../../base/words/alerts.ts";
import { INDICATOR_WORDS } from "../../../base/words/indicators.ts";
import { fetched } from "../../fetched.tsx";
import { Popover } from "../../popover.tsx";
import { Glyph } from "../glyphs.tsx";
import type { ExtrasModel } from "./model.ts";

const Picker = fetched(async () => (await import("./picker.tsx")).Picker);

/** What can be drawn beside the candles: indicators to add, alerts and patterns to switch on. */
export function ExtrasBar({ extras }: { readonly extras: ExtrasModel }) {
  const { settings } = extras;
  const count = extras.chosen.value.length;
  return (
    <div class="extras-bar">
      <Popover
        button={{ class: "plain", title: INDICATOR_WORDS.openHint, "data-testid": "indicators" }}
        face={
          <>
            {INDICATOR_WORDS.open}
            {count > 0 && <span class="tally">{count}</span>}
          </>
        }
        name={INDICATOR_WORDS.picker}
      >
        {() => <Picker extras={extras} />}
      </Popover>
      <fieldset class="choice">
        <Toggle
          on={settings.value.alerts}
          words={[MARK_WORDS.alerts, MARK_WORDS.alertsHint]}
          glyph="alerts"
          testId="show-alerts"
          toggle={() => {
            settings.value = { ...settings.value, alerts: !settings.value.alerts };
          }}
        />
        <Toggle
          on={settings.value.patterns}
          words={[MARK_WORDS.patterns, MARK_WORDS.patternsHint]}
          glyph="patterns"
          testId="show-patterns"
          toggle={() => {
            settings.value = { ...settings.value, patterns: !settings.value.patterns };
          }}
        />
      </fieldset>
    </div>
  );
}

interface ToggleProps {
  readonly on: boolean;
  readonly words: readonly [string, string];
  readonly glyph: "alerts" | "patterns";
  readonly testId: string;
  readonly toggle: () => void;
}

const Toggle = ({ on, words: [name, hint], glyph, testId, toggle }: ToggleProps) => (
  <button
    type="button"
    class="toggle"
    aria-pressed={on}
    aria-label={name}
    title={hint}
    data-testid={testId}
    onClick={toggle}
  >
    <Glyph name={glyph} />
    <span class="face-words">{name}</span>
  </button>
);
