import type { Signal } from "@preact/signals";
import { useId } from "preact/hooks";
import { COLOUR_SCHEMES } from "../base/colour.ts";
import { SIDEBAR } from "../base/words/sidebar.ts";
import { Popover } from "../widgets/popover.tsx";
import { type Display, THEME_CHOICES } from "./display.ts";
import { Icon } from "./icons.tsx";

/** Light or dark, and which colours. */
export const DisplayMenu = ({ display }: { readonly display: Display }) => (
  <Popover
    button={{ class: "side-act display", "data-testid": "display" }}
    face={
      <>
        <Icon name="display" /> {SIDEBAR.display}
      </>
    }
    name={SIDEBAR.display}
    placement="top-start"
  >
    {() => (
      <div class="display-menu">
        <Choices
          title={SIDEBAR.theme}
          chosen={display.themeChoice}
          choices={THEME_CHOICES}
          names={SIDEBAR.themes}
          testId="theme"
        />
        <Choices
          title={SIDEBAR.colours}
          chosen={display.scheme}
          choices={COLOUR_SCHEMES}
          names={SIDEBAR.schemes}
          hints={SIDEBAR.schemeHints}
          testId="scheme"
        />
      </div>
    )}
  </Popover>
);

interface ChoicesProps<Name extends string> {
  readonly title: string;
  readonly chosen: Signal<Name>;
  readonly choices: readonly Name[];
  readonly names: Readonly<Record<Name, string>>;
  readonly hints?: Readonly<Record<Name, string>>;
  readonly testId: string;
}

function Choices<Name extends string>(props: ChoicesProps<Name>) {
  const { title, chosen, choices, names, hints, testId } = props;
  const group = useId();
  return (
    <fieldset>
      <legend>{title}</legend>
      {choices.map((choice) => (
        <label key={choice}>
          <input
            type="radio"
            name={group}
            checked={chosen.value === choice}
            data-testid={`${testId}-${choice}`}
            onChange={() => {
              chosen.value = choice;
            }}
          />
          <span>
            {names[choice]}
            {hints && <small>{hints[choice]}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
