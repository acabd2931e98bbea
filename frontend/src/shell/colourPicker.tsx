import type { Signal } from "@preact/signals";
import { useCallback, useMemo } from "preact/hooks";
import { FALLBACK, PALETTES } from "../base/colour.ts";
import { colourName, colourTitle, SIDEBAR } from "../base/words/sidebar.ts";
import { useDismiss } from "../widgets/dismiss.ts";
import { Panel } from "../widgets/popover.tsx";
import type { AppState } from "./state.ts";

/** Whose colour is being picked, and the button that it is picked at. */
export interface Colouring {
  readonly run: string;
  readonly button: HTMLElement;
}

interface ColourButtonProps {
  readonly state: AppState;
  readonly run: string;
  readonly tabIndex: number;
  readonly colouring: Signal<Colouring | null>;
}

/** The run's colour; a press on it offers others. */
export function ColourButton({ state, run, tabIndex, colouring }: ColourButtonProps) {
  const isOpen = colouring.value?.run === run;
  return (
    <button
      type="button"
      class="swatch-button in-row"
      tabIndex={tabIndex}
      title={colourTitle(run)}
      aria-label={colourTitle(run)}
      aria-haspopup="dialog"
      aria-expanded={isOpen}
      data-testid="run-colour"
      // Else the press would close what the click is to close, and the click open it again.
      onPointerDown={(event) => isOpen && event.stopPropagation()}
      onClick={(event) => {
        colouring.value = isOpen ? null : { run, button: event.currentTarget };
      }}
    >
      <span class="swatch" style={{ background: state.colours.value.get(run) ?? FALLBACK }} />
    </button>
  );
}

interface ColourPanelProps {
  readonly state: AppState;
  readonly colouring: Signal<Colouring | null>;
}

/** The colours to choose from, beside the list: what lies within a row would be read out as part of it. */
export function ColourPanel({ state, colouring }: ColourPanelProps) {
  const now = colouring.value;
  const close = useCallback(() => {
    colouring.value = null;
  }, [colouring]);
  const inside = useDismiss<HTMLSpanElement>(now !== null, close);
  // The panel is placed anew at another anchor only.
  const anchor = useMemo(() => ({ current: now?.button ?? null }), [now]);
  if (now === null) return null;
  const { run } = now;
  return (
    <span ref={inside}>
      <Panel key={run} anchor={anchor} name={colourTitle(run)} placement="bottom-start">
        <Choices state={state} run={run} colour={state.colours.value.get(run) ?? FALLBACK} close={close} />
      </Panel>
    </span>
  );
}

interface ChoicesProps {
  readonly state: AppState;
  readonly run: string;
  readonly colour: string;
  readonly close: () => void;
}

function Choices({ state, run, colour, close }: ChoicesProps) {
  const { runColours, display } = state;
  const pick = (picked: string | null) => {
    runColours.edit(run, picked);
    close();
  };
  return (
    <div class="colours" data-testid="colours">
      <p>
        {SIDEBAR.colourOf} <bdi>{run}</bdi>
      </p>
      <div class="swatches">
        {PALETTES[display.scheme.value].map((one) => (
          <button
            type="button"
            key={one}
            aria-label={colourName(one)}
            aria-pressed={one === colour}
            style={{ background: one }}
            onClick={() => pick(one)}
          />
        ))}
      </div>
      <label class="own-colour">
        {SIDEBAR.otherColour}
        <input
          type="color"
          value={colour}
          data-testid="own-colour"
          onInput={(event) => runColours.edit(run, event.currentTarget.value)}
        />
      </label>
      <button type="button" class="side-act" data-testid="reset-colour" onClick={() => pick(null)}>
        {SIDEBAR.ownColour}
      </button>
    </div>
  );
}
